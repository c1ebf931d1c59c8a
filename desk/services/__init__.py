"""What happens at the desk, one service per concern, each change in one transaction."""

from dataclasses import dataclass
from pathlib import Path

from desk.catalogue import Catalogue, load
from desk.company import Rules
from desk.directory import Directory, LocalDirectory
from desk.freshness import Freshness
from desk.handoffs import CHATS
from desk.hours import Hours
from desk.passwords import Passwords
from desk.people import Lang
from desk.retention import Terms
from desk.services.ageing import Ageing
from desk.services.attaching import Attaching, Limits
from desk.services.attending import Attending
from desk.services.auditing import Auditing
from desk.services.calling import Calling
from desk.services.carding import Carding
from desk.services.company import Company
from desk.services.duty import Duty
from desk.services.freezing import Freezing
from desk.services.handing import Handing
from desk.services.keeping import Keeping
from desk.services.proposing import Proposing
from desk.services.rights import Rights
from desk.services.rolling import Rolling
from desk.services.signin import SignIn
from desk.services.solving import Solving
from desk.services.ticketing import Ticketing
from desk.services.urging import Urgings
from desk.services.verifying import Verifying
from desk.services.watching import Watching
from desk.sessions import Lifetimes
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
    company: Company
    handing: Handing
    attending: Attending
    calling: Calling
    solving: Solving
    keeping: Keeping
    rolling: Rolling
    proposing: Proposing
    verifying: Verifying
    freezing: Freezing
    ticketing: Ticketing
    watching: Watching
    urging: Urgings
    carding: Carding
    attaching: Attaching
    catalogue: Catalogue
    rights: Rights
    ageing: Ageing
    auditing: Auditing
    freshness: Freshness

    def notice(self, lang: Lang) -> str:
        """What is stored of what a user says, and for how long: told before the first use."""
        days = self.ageing.terms.conversations
        return self.words.count(lang, "notice.kept", days) if days else self.words.say(lang, "notice.kept_for_ever")


def open_desk(store: Store, words: Words, *, hours: Hours, phone: str, secret: str, heightened_risk: bool = False, chats: int = CHATS,
              passwords: Passwords | None = None, directory: Directory | None = None, catalogue: Catalogue | None = None,
              attachments: Path = Path("attachments"), limits: Limits | None = None, terms: Terms | None = None,
              rules: Rules | None = None, lifetimes: Lifetimes | None = None, freshness: Freshness | None = None) -> Desk:
    passwords = passwords or Passwords()
    vault = Vault(secret)
    rules, lifetimes = rules or Rules(), lifetimes or Lifetimes()
    ticketing = Ticketing(hours)
    catalogue = catalogue or load()
    duty = Duty(words, hours, phone)
    solving = Solving(store, duty, chats=chats)
    handing = Handing(store, duty, solving, ticketing, chats=chats)
    attending = Attending(store, duty)
    calling = Calling(store, duty, handing, solving, vault)
    directory = directory or LocalDirectory(passwords)
    verifying = Verifying(store, words, vault, passwords, directory, handing, heightened_risk=heightened_risk)
    return Desk(store=store, words=words, hours=hours, phone=phone, vault=vault, passwords=passwords,
                signin=SignIn(store, passwords, lifetimes=lifetimes, admins_only=not rules.passwords),
                company=Company(store, vault, rules, lifetimes), handing=handing, attending=attending, calling=calling,
                solving=solving, keeping=Keeping(attending, handing, calling, solving), rolling=Rolling(store),
                proposing=Proposing(store, words, hours, handing), verifying=verifying, ticketing=ticketing,
                freezing=Freezing(directory),
                watching=Watching(store, words), urging=Urgings(hours, words, vault), carding=Carding(store, words, catalogue),
                rights=Rights(store, vault), ageing=Ageing(store, terms or Terms()), auditing=Auditing(store),
                catalogue=catalogue, attaching=Attaching(store, words, attachments, limits or Limits()),
                freshness=freshness or Freshness())
