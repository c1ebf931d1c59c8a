"""What the command line does with accounts, tokens, articles and the audit trail: straight on the database, beside a running server."""

import re
from pathlib import Path

import pyotp

from desk.audit import first_break
from desk.codes import new_token
from desk.errors import BadInput
from desk.passwords import Passwords
from desk.people import LANGS, Role
from desk.services.signin import SignIn
from desk.vault import Vault
from knowledge.errors import BadArticle
from knowledge.stock import ARTICLES, stock
from yavar.clock import utcnow
from yavar.settings import Settings
from yavar.stores import opened

LONGEST = 100                  # characters of a name
NAME = re.compile(rf"[^\W_][\w.@-]{{0,{LONGEST - 1}}}")   # of any script; nothing that looks like an option or hides a space


async def issue_token(settings: Settings, name: str) -> str:
    async with opened(settings) as store:
        return await SignIn(store, Passwords()).issue_token(name, utcnow())


async def add_account(settings: Settings, name: str, *, role: str, email: str, lang: str) -> str:
    if role not in set(Role) - {Role.GUEST}:
        raise BadInput(f"`{role}` is no role. Choose one of {', '.join(sorted(set(Role) - {Role.GUEST}))}.")
    if lang not in LANGS:
        raise BadInput(f"`{lang}` is no language of the house. Choose one of {', '.join(LANGS)}.")
    if not NAME.fullmatch(name):
        raise BadInput(f"`{name[:60]}` is no name to sign in with. Use at most {LONGEST} letters, digits and . _ - @, and no spaces.")
    password, secret = new_token()[:16], pyotp.random_base32()
    async with opened(settings) as store, store.begin() as tx:
        if await tx.people.known_as(name):
            raise BadInput(f"There is an account `{name}` already. Choose another name.")
        added = await tx.people.add(
            name=name.lower(), display=name, email=email or f"{name.lower()}@localhost", role=Role(role), lang=lang, now=utcnow(),
            password_hash=Passwords().hash(password), totp_secret=Vault(settings.house_secret).seal(secret))
        await tx.audit.add("house", "account.added", subject=added.id, now=utcnow(), role=role)
    return (f"password: {password}\nauthenticator: {pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name='Yavar')}\n"
            f"sign in: {settings.address}/signin")


async def load_articles(settings: Settings, folder: Path | None) -> str:
    """Make the shelf hold the folder's articles, and no others."""
    _any_article(folder or ARTICLES)
    async with opened(settings) as store:
        try:
            done = await stock(store, folder or ARTICLES)
        except BadArticle as error:
            raise BadInput(f"{error}. Nothing was changed.") from error
    later = f" {done.without_vector} passages are found by their words now, and by their sense once the server has read them." \
        if done.without_vector else ""
    return f"{done.put} articles put on the shelf, {done.unchanged} unchanged, {done.removed} removed.{later}"


def _any_article(folder: Path) -> None:
    if not any(folder.glob("*/*.md")):
        raise BadInput(f"There is no article in {folder}. An article is a file like {folder}/vpn/en.md; docs/operating.md shows one.")


async def verify_audit(settings: Settings) -> tuple[int | None, int]:
    async with opened(settings) as store, store.read() as tx:
        entries = await tx.audit.all()
    return first_break(entries), len(entries)
