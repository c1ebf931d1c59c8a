"""The user's side of the desk: what somebody at a screen sees, and what they can do there. Nothing here knows what is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyotp

from agent.house import House
from desk.conversations import Author, Message, Speaker
from desk.errors import DeskError, FormIncomplete
from desk.identity import FlowState, Method
from desk.people import Caller, Lang
from desk.services.verifying import Progress
from desk.store import Tx

NEW_PASSWORD = "orbit velvet 47 lantern"  # noqa: S105  typed on the one-time page of a house that lives for one case
GUESSES = ("00000000", "12345678", "11111111", "87654321", "13572468")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is on the screen after something was done."""

    text: str = ""
    lang: Lang | None = None   # of what was said; None: nothing was
    choices: tuple[str, ...] = ()
    needs: Mapping[str, Any] = field(default_factory=dict)
    did: tuple[str, ...] = ()  # tools that are shown as done
    waiting: bool = False      # a person is on the way, or there
    proved: bool = False       # a verification was finished
    sent: str = ""             # the catalogue entry of the form that was sent just now


class Screen(Protocol):
    async def say(self, text: str) -> Seen: ...

    async def prove(self, flow: str, how: str) -> Seen: ...

    async def press(self, card: str, *, do: bool) -> Seen: ...

    async def form(self, card: str) -> Mapping[str, Sequence[str]]: ...

    async def fill(self, card: str, fields: Mapping[str, str]) -> Seen: ...

    async def messages(self) -> list[Message]: ...


class Factors:
    """What the person of an account has in their hands: their mailbox and their authenticator app."""

    def __init__(self, house: House, account: str) -> None:
        self._house = house
        self._account = account

    async def mailed_code(self) -> str:
        async with self._house.desk.store.read() as tx:
            mails = [mail for mail in await tx.outbox.of(await self._id(tx)) if mail["kind"] == "code"]
        body = self._house.desk.vault.open(mails[0]["body"])
        return next(word for word in body.replace(".", " ").split() if word.isdigit() and len(word) == len(GUESSES[0]))

    async def app_code(self) -> str:
        async with self._house.desk.store.read() as tx:
            known = await tx.people.credentials(await self._id(tx))
        assert known is not None
        return pyotp.TOTP(self._house.desk.vault.open(known.totp_secret)).at(self._house.clock())

    async def _id(self, tx: Tx) -> str:
        person = await tx.people.by_name(self._account)
        assert person is not None
        return person.id


class DeskScreen:
    """A conversation in a real house, through the same doors as the pages and the API."""

    def __init__(self, house: House, caller: Caller, conversation: str, account: str) -> None:
        self.house = house
        self.conversation = conversation
        self._caller = caller
        self._factors = Factors(house, account)
        self._shown = 0        # messages that were on the screen before

    async def say(self, text: str) -> Seen:
        turn = await self.house.assistant.receive(self._caller, self.conversation, text)
        answer = await self.house.assistant.answer(turn)
        await self.house.assistant.settle()
        reply = answer["reply"] or {"text": "", "lang": None, "choices": []}
        self._shown = len(await self.messages())
        return Seen(text=reply["text"], lang=reply["lang"], choices=tuple(reply["choices"]), needs=answer["needs"] or {},
                    did=tuple(each["tool"] for each in answer["actions"] if each["outcome"] == "done"),
                    waiting=answer["speaker"] != Speaker.ASSISTANT)

    async def prove(self, flow: str, how: str) -> Seen:
        """`both`, `wrong_then_both`, `email`, or `guesses`: codes that were made up, as often as the form takes them."""
        desk, clock = self.house.desk, self.house.clock
        done = False
        try:
            if how == "wrong_then_both":
                await self._refused(flow, GUESSES[0])
            await desk.verifying.send_code(self._caller, flow, clock())
            if how == "guesses":
                for guess in GUESSES:
                    await self._refused(flow, guess)
                return await self._news()
            progress = await self._prove(flow, Method.EMAIL, await self._factors.mailed_code())
            if how != "email":
                progress = await self._prove(flow, Method.TOTP, await self._factors.app_code())
                if progress.flow.state is FlowState.PASSWORD:
                    progress = await self._set_password(flow)
                done = progress.flow.state is FlowState.DONE
        except DeskError:              # the form says that it is over; the chat goes on
            done = False
        return await self._news(proved=done)

    async def _prove(self, flow: str, method: Method, code: str) -> Progress:
        return self._told(await self.house.desk.verifying.prove(self._caller, flow, method, code, self.house.clock()))

    async def _refused(self, flow: str, guess: str) -> None:
        try:
            await self._prove(flow, Method.EMAIL, guess)
        except DeskError:
            return

    async def _set_password(self, flow: str) -> Progress:
        progress = self._told(await self.house.desk.verifying.set_password(self._caller, flow, NEW_PASSWORD, self.house.clock()))
        if progress.fresh_secret:
            caller = await self.house.desk.signin.caller(progress.fresh_secret, self.house.clock())
            assert caller is not None
            self._caller = caller
        return progress

    def _told(self, progress: Progress) -> Progress:
        if progress.turn:
            self.house.assistant.soon(progress.turn)
        return progress

    async def press(self, card: str, *, do: bool) -> Seen:
        answered = await self.house.desk.carding.decide(self._caller, card, do=do, shown=None, now=self.house.clock())
        if answered.turn:
            self.house.assistant.soon(answered.turn)
        return await self._news()

    async def form(self, card: str) -> Mapping[str, Sequence[str]]:
        """The fields that must be filled in and are not, with what each offers."""
        async with self.house.desk.store.read() as tx:
            found = await tx.cards.get(card)
        entry, filled = self.house.desk.carding.entry(found), found.args.get("fields", {})
        return {each.id: [option.id for option in each.options] for each in entry.asked if each.required and not filled.get(each.id)}

    async def fill(self, card: str, fields: Mapping[str, str]) -> Seen:
        async with self.house.desk.store.read() as tx:
            found = await tx.cards.get(card)
        known = {field.id for field in self.house.desk.carding.entry(found).asked}
        sent = {name: self.house.assistant.redact(value) for name, value in fields.items() if name in known}
        filled = dict(found.args.get("fields", {})) | sent
        try:
            answered = await self.house.desk.carding.submit(self._caller, card, filled, self.house.clock())
        except FormIncomplete:
            return await self._news()
        if answered.turn:
            self.house.assistant.soon(answered.turn)
        return await self._news(sent=str(found.args.get("entry", "")))

    async def messages(self) -> list[Message]:
        async with self.house.desk.store.read() as tx:
            return await tx.conversations.messages(self.conversation)

    async def _news(self, *, proved: bool = False, sent: str = "") -> Seen:
        """What was said since the last look."""
        await self.house.assistant.settle()
        messages = await self.messages()
        new, self._shown = [each for each in messages[self._shown:] if each.author is not Author.USER], len(messages)
        async with self.house.desk.store.read() as tx:
            conversation = await tx.conversations.get(self.conversation)
        last = new[-1] if new else None
        return Seen(text="\n\n".join(each.text for each in new), lang=last.lang if last else None,
                    choices=tuple(last.extra.get("choices") or ()) if last else (), needs=(last.extra.get("needs") or {}) if last else {},
                    did=tuple(each["tool"] for message in new for each in message.actions if each["outcome"] == "done"),
                    waiting=conversation.speaker is not Speaker.ASSISTANT, proved=proved, sent=sent)
