"""What happens at the desk, one service per concern, each change in one transaction."""

from dataclasses import dataclass

from desk.directory import Directory, LocalDirectory
from desk.hours import Hours
from desk.passwords import Passwords
from desk.people import Lang
from desk.retention import Keeping
from desk.services.ageing import Ageing
from desk.services.auditing import Auditing
from desk.services.handing import Handing
from desk.services.rights import Rights
from desk.services.signin import SignIn
from desk.services.ticketing import Ticketing
from desk.services.verifying import Verifying
from desk.store import Store
from desk.vault import Vault
from desk.words import Words


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk, put together."""

    store: Store
    words: Words
    hours: Hours
    phone: str
    vault: Vault
    passwords: Passwords
    signin: SignIn
    handing: Handing
    verifying: Verifying
    ticketing: Ticketing
    rights: Rights
    ageing: Ageing
    auditing: Auditing

    def notice(self, lang: Lang) -> str:
        """What is stored of what a user says, and for how long: told before the first use."""
        days = self.ageing.keeping.conversations
        return self.words.count(lang, "notice.kept", days) if days else self.words.say(lang, "notice.kept_for_ever")


def open_desk(store: Store, words: Words, *, hours: Hours, phone: str, secret: str, heightened_risk: bool = False,
              passwords: Passwords | None = None, directory: Directory | None = None,
              keeping: Keeping | None = None) -> Desk:
    passwords = passwords or Passwords()
    vault = Vault(secret)
    ticketing = Ticketing(hours)
    handing = Handing(store, words, hours, phone, ticketing)
    verifying = Verifying(store, words, vault, passwords, directory or LocalDirectory(passwords), handing, heightened_risk=heightened_risk)
    return Desk(store=store, words=words, hours=hours, phone=phone, vault=vault, passwords=passwords,
                signin=SignIn(store, passwords),
                rights=Rights(store, vault),
                ageing=Ageing(store, keeping or Keeping()), auditing=Auditing(store),
                handing=handing, verifying=verifying, ticketing=ticketing)
