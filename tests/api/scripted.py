"""A house for the HTTP tests: a real desk on a database, a library of two passages and an assistant that does what it is told."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher

from agent.house import House
from agent.live import Live
from agent.mind import Mind
from desk.cards import CardKind
from desk.codes import digest
from desk.company import Rules
from desk.conversations import Author, Speaker
from desk.errors import AnotherBody
from desk.handoffs import Reason
from desk.hours import Hours
from desk.identity import Action
from desk.passwords import Passwords
from desk.people import Account, Caller, Role
from desk.services import Desk, open_desk
from desk.services.handing import handoff_data
from desk.store import Store
from desk.turns import Turn, TurnState
from desk.words import words
from tools.assets import Declarations
from tools.declared import read
from tools.inventory import Inventory

SECRET = "the secret of a house that stands for one test"
PASSWORD = "an old password of theirs"
PEOPLE = {
    "user": Role.USER, "user2": Role.USER, "observer": Role.OBSERVER, "evaluator": Role.EVALUATOR,
    "agent": Role.AGENT, "agent2": Role.AGENT, "supervisor": Role.SUPERVISOR, "admin": Role.ADMIN,
}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + b"\x00" * 40
ASSETS = """assets:
  - {id: vpn, name: {en: the VPN, ar: شبكة VPN, fa: وی‌پی‌ان}, owner: network-team, runbook: vpn}
  - {id: mail, name: {en: mail, ar: البريد الإلكتروني, fa: ایمیل}, owner: mail-team, runbook: mail}
"""
CODE = re.compile(r"\b\d{6,8}\b")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 3, 12, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **length: float) -> None:
        self.now += timedelta(**length)


class Scripted:
    """The assistant's contract, without a mind: the text says what happens."""

    def __init__(self, desk: Desk, live: Live, clock: Clock) -> None:
        self._desk, self._live, self._clock = desk, live, clock
        self.gate = asyncio.Event()        # "wait" is answered after it
        self.told: list[Turn] = []
        self.answered: list[str] = []
        self._lock = asyncio.Lock()

    def redact(self, text: str) -> str:
        return CODE.sub("[removed]", text)

    async def receive(self, caller: Caller, conversation: str, text: str, client_id: str | None = None) -> Turn:
        safe, now = self.redact(text), self._clock()
        async with self._desk.store.begin() as tx:
            whose = await tx.conversations.of(caller, conversation)
            known = await tx.turns.by_client_id(whose.id, client_id) if client_id else None
            if known:
                if known.body_hash != digest(safe):
                    raise AnotherBody()
                return known
            said = await tx.conversations.say(whose.id, Author.USER, safe, whose.lang, now)
            turn = await tx.turns.receive(
                conversation=whose.id, session=caller.session, account=whose.account, seq=said.seq, kind="message", text=safe,
                lang=whose.lang, client_id=client_id, body_hash=digest(safe), now=now)
        self._live.wake(whose.id)
        return turn

    async def answer(self, turn: Turn) -> dict[str, Any]:
        async with self._lock:
            async with self._desk.store.read() as tx:
                turn = await tx.turns.get(turn.id)
            if not turn.over:
                await self._run(turn)
            async with self._desk.store.read() as tx:
                return (await tx.turns.get(turn.id)).answer or {}

    async def _run(self, turn: Turn) -> None:
        if turn.text == "boom":
            canary = "a-password-in-a-variable"
            raise RuntimeError(f"the mind is out of order: {canary}")
        if turn.text == "wait":
            await self.gate.wait()
        self._live.tell(turn.conversation, "step", {"turn": turn.id, "text": "searching"})
        self._live.tell(turn.conversation, "delta", {"turn": "another", "text": "not yours"})
        self._live.tell(turn.conversation, "delta", {"turn": turn.id, "text": "You said"})
        async with self._desk.store.begin() as tx:
            conversation = await tx.conversations.get(turn.conversation)
            answer: dict[str, Any] = {
                "turn_id": turn.id, "reply": None, "actions": [], "confidence": None, "sentiment": {"label": "other", "score": 0.1},
                "speaker": str(conversation.speaker), "handoff": None, "needs": None, "planner": "builtin"}
            if turn.text == "a person":
                handed = await self._desk.handing.hand_off(tx, conversation, Reason.ASKED, self._clock())
                answer |= {"speaker": str(handed.conversation.speaker), "handoff": handoff_data(handed.handoff)}
            elif turn.text in ("reset", "unlock"):
                flow = await self._desk.verifying.start(tx, conversation, Action(turn.text), self._clock())
                answer["needs"] = {"kind": "verification", "url": f"/verify/{flow.id}", "flow": flow.id}
            if conversation.speaker is Speaker.ASSISTANT:
                cited = [{"n": 1, "title": "VPN", "url": "/knowledge/vpn-en#p1", "snippet": "Open the VPN app."}]
                answer["reply"] = {"text": f"You said: {turn.text}", "lang": turn.lang, "citations": cited, "choices": ["Yes", "No"]}
                await tx.conversations.say(conversation.id, Author.ASSISTANT, answer["reply"]["text"], conversation.lang, self._clock(),
                                           turn=turn.id, citations=cited, extra={"choices": ["Yes", "No"], "needs": answer["needs"]})
            await tx.turns.finish(turn, TurnState.DONE, answer, self._clock())
        self.answered.append(turn.text)
        self._live.wake(turn.conversation)

    def soon(self, turn: Turn) -> None:
        self.told.append(turn)


class Shelf:
    """The library's contract over two passages, one of them for the desk alone."""

    passages = (
        SimpleNamespace(title="VPN", heading="", document="vpn-en", url="/knowledge/vpn-en#p1", lang="en", score=2.5, lexical=1.0,
                        audience="public", text="Open the VPN app, then choose Connect. " * 20),
        SimpleNamespace(title="Call-back", heading="Slots", document="callback-en", url="/knowledge/callback-en#p1", lang="en", score=1.5,
                        text="How agents call back.", audience="agents"),
    )

    def __init__(self) -> None:
        self.vectors: list[object] = []
        self.likely = 0.9

    async def search(self, query: str, *, vector: Any, may_see: frozenset[str], lang: str | None = None, k: int = 8) -> list[Any]:
        self.vectors.append(vector)
        return [hit for hit in self.passages if hit.audience in may_see and lang in (None, hit.lang)][:k]

    def answers(self, question: str, hits: Any) -> float:
        return self.likely


class Reader:
    def __init__(self) -> None:
        self.down = False

    async def read(self, text: str, last: str | None = None) -> Any:
        if self.down:
            raise RuntimeError("no embedder")
        return SimpleNamespace(vector=[len(text)])


async def nothing(house: House) -> None:
    pass


async def build(database_url: str, folder: Path, clock: Clock, *, url: str = "http://testserver",
                rules: Rules | None = None, **replaced: Any) -> House:
    store = Store(database_url)
    await store.migrate()
    desk = open_desk(store, words(), hours=Hours.parse("Mon-Sun 00:00-24:00"), phone="+1 555 0100", secret=SECRET,
                     rules=rules, attachments=folder / "attachments",
                     passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    live = Live()
    mind: Any = Mind(desk=desk, library=Shelf(), reader=Reader(), tools={}, planners=SimpleNamespace(first="builtin"),   # type: ignore[arg-type]
                     answering=None, live=live, clock=clock, inventory=Inventory(read(ASSETS, "assets.yaml", Declarations)))
    options = {"demo": True, "on_open": nothing, "on_close": _close} | replaced
    return House(mind=mind, assistant=Scripted(desk, live, clock), url=url, **options)   # type: ignore[arg-type]


async def _close(house: House) -> None:
    await house.desk.store.close()


async def add_people(house: House, names: dict[str, Role]) -> dict[str, Account]:
    desk, found = house.desk, {}
    async with desk.store.begin() as tx:
        for name, role in names.items():
            found[name] = await tx.people.add(
                name=name, display=name.title(), email=f"{name}@example.org", role=role, lang="en", now=house.clock(),
                password_hash=desk.passwords.hash(PASSWORD), totp_secret=desk.vault.seal(pyotp.random_base32()))
    return found


class World:
    """The house, its app and those who call it."""

    runs: Path                 # where the app looks for kept runs

    def __init__(self, app: Any, house: House, clock: Clock) -> None:
        self.app, self.house, self.clock = app, house, clock
        self.desk: Desk = house.desk
        self.assistant: Scripted = house.assistant   # type: ignore[assignment]

    def caller(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://testserver", headers=headers)

    async def signed_in(self, name: str, **headers: str) -> httpx.AsyncClient:
        return self.caller(await self.desk.signin.issue_token(name, self.clock()), **headers)

    async def browser(self, name: str, **headers: str) -> tuple[httpx.AsyncClient, str]:
        """A browser with a session cookie, and the session's CSRF token."""
        secret, _ = await self.desk.signin.sign_in(name, PASSWORD, self.clock())
        caller = await self.desk.signin.caller(secret, self.clock())
        assert caller is not None
        client = self.caller(**headers)
        client.cookies.set("yavar_session", secret)
        return client, caller.csrf

    async def guest(self, account: str) -> tuple[httpx.AsyncClient, str]:
        """A guest who sends the bearer token, and the guest's conversation."""
        opened = (await self.caller().post("/api/v1/conversations/guest", json={"account": account})).json()
        return self.caller(opened["token"]), opened["id"]

    async def opened(self, client: httpx.AsyncClient, **body: str) -> str:
        answer = await client.post("/api/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def flow(self, client: httpx.AsyncClient, conversation: str, action: str = "reset") -> str:
        answer = await client.post(f"/api/v1/conversations/{conversation}/messages", json={"text": action})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["needs"]["flow"])

    async def card(self, name: str, conversation: str, **args: Any) -> str:
        """A confirmation that waits for that person's button."""
        return await self._card(name, conversation, CardKind.CONFIRMATION, "cancel_ticket", args or {"number": 1001})

    async def form(self, name: str, conversation: str, entry: str = "equipment", **fields: str) -> str:
        """A form of the service catalogue beside that person's conversation."""
        return await self._card(name, conversation, CardKind.FORM, "request_service", {"entry": entry, "fields": fields})

    async def _card(self, name: str, conversation: str, kind: CardKind, tool: str, args: dict[str, Any]) -> str:
        async with self.desk.store.begin() as tx:
            whose = await tx.conversations.get(conversation)
            card = await self.desk.carding.open(tx, whose, kind, tool, args, key=digest(conversation, kind, str(args)), now=self.clock())
            account = await tx.people.by_name(name)
        assert account is not None and card.account == account.id
        return card.id

    async def attached(self, client: httpx.AsyncClient, conversation: str, name: str = "screen.png", content: bytes = PNG) -> str:
        answer = await client.post(f"/api/v1/conversations/{conversation}/attachments", files=[("files", (name, content))])
        assert answer.status_code == 201, answer.text
        return str(answer.json()["attachments"][0]["id"])

    async def totp(self, name: str) -> str:
        async with self.desk.store.read() as tx:
            account = await tx.people.by_name(name)
            assert account is not None
            known = await tx.people.credentials(account.id)
        assert known is not None
        return pyotp.TOTP(self.desk.vault.open(known.totp_secret)).at(self.clock())

    async def mails(self, name: str) -> list[str]:
        """Bodies of the mail to that person, the newest first."""
        async with self.desk.store.read() as tx:
            account = await tx.people.by_name(name)
            assert account is not None
            return [self.desk.vault.open(mail["body"]) for mail in await tx.outbox.of(account.id)]

    async def mailed_code(self, name: str) -> str:
        found = CODE.search((await self.mails(name))[0])
        assert found
        return found[0]
