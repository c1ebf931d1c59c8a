"""Cards beside the chat: an action to confirm, or a form of the service catalogue to fill in. Only these decide, never a chat's text."""

from typing import Any

from fastapi import APIRouter

from agent.house import House
from api.callers import Open, SignedIn, account_of
from api.cardshapes import ConfirmationShown, Decision, Filled, FormShown
from api.shapes import Id
from desk.cards import Card, CardKind
from desk.people import Lang
from desk.services.carding import Answered, in_words

router = APIRouter(tags=["cards"])


@router.get("/confirmations/{card}", response_model=ConfirmationShown)
async def read_confirmation(house: Open, caller: SignedIn, card: Id) -> dict[str, Any]:
    found, conversation = await house.desk.carding.of(caller, card, CardKind.CONFIRMATION)
    return confirmation(house, found, conversation.lang)


@router.post("/confirmations/{card}", response_model=ConfirmationShown)
async def decide(house: Open, caller: SignedIn, card: Id, sent: Decision) -> dict[str, Any]:
    """Press the button: `do` carries out exactly what the card shows, once; `leave` does nothing. A new turn tells of it."""
    answered = await house.desk.carding.decide(caller, card, do=sent.decision == "do", shown=sent.digest, now=house.clock())
    return confirmation(house, _told(house, answered), account_of(caller).lang)


@router.get("/requests/{form}", response_model=FormShown)
async def read_form(house: Open, caller: SignedIn, form: Id) -> dict[str, Any]:
    """The form with what is filled in already. What the directory knows is not asked."""
    found, conversation = await house.desk.carding.of(caller, form, CardKind.FORM)
    return form_of(house, found, conversation.lang)


@router.post("/requests/{form}", response_model=FormShown)
async def submit(house: Open, caller: SignedIn, form: Id, sent: Filled) -> dict[str, Any]:
    """Send the form; `form_incomplete` names what is missing or wrong. A new turn tells what was done."""
    await house.desk.carding.of(caller, form, CardKind.FORM)
    answered = await house.desk.carding.submit(caller, form, safe(house, sent.fields), house.clock())
    return form_of(house, _told(house, answered), account_of(caller).lang)


@router.post("/requests/{form}/cancel", response_model=FormShown)
async def cancel(house: Open, caller: SignedIn, form: Id) -> dict[str, Any]:
    """Put the form away: nothing is requested."""
    answered = await house.desk.carding.leave(caller, form, house.clock())
    return form_of(house, _told(house, answered), account_of(caller).lang)


def safe(house: House, fields: dict[str, str]) -> dict[str, str]:
    """What was filled in as it may be stored: canonical, without secrets, empty fields left out."""
    return {name: house.assistant.redact(value) for name, value in fields.items() if value.strip()}


def confirmation(house: House, card: Card, lang: Lang) -> dict[str, Any]:
    """The exact action in plain words."""
    return {"flow": card.id, "state": card.standing(house.clock()), "tool": card.tool, "title": in_words(house.desk.words, lang, card),
            "arguments": [{"name": name, "label": _label(house, lang, name), "value": _value(house, lang, name, value)}
                          for name, value in sorted(card.args.items())],
            "digest": card.seal, "conversation": card.conversation, "expires_at": card.expires_at}


def form_of(house: House, card: Card, lang: Lang) -> dict[str, Any]:
    entry, filled = house.desk.carding.entry(card), card.args.get("fields", {})
    return {"flow": card.id, "state": card.standing(house.clock()), "entry": entry.id, "name": entry.name.of(lang),
            "about": entry.about.of(lang), "approval": entry.approval.of(lang) if entry.approval else None,
            "conversation": card.conversation, "expires_at": card.expires_at,
            "fields": [{"id": field.id, "kind": field.kind, "label": field.label.of(lang), "required": field.required,
                        "hint": field.hint.of(lang) if field.hint else None, "value": filled.get(field.id, ""),
                        "options": [{"id": option.id, "label": option.label.of(lang)} for option in field.options]}
                       for field in entry.asked]}


def _label(house: House, lang: Lang, name: str) -> str:
    words = house.desk.words
    return words.say(lang, f"confirm.arg.{name}") if words.has(lang, f"confirm.arg.{name}") else name


def _value(house: House, lang: Lang, name: str, value: Any) -> str:
    """A value in words where it is one of a list, else as it stands."""
    words, key = house.desk.words, f"confirm.value.{value}"
    return words.say(lang, key) if name in ("kind", "impact", "urgency") and words.has(lang, key) else str(value)


def _told(house: House, answered: Answered) -> Card:
    """Wake whoever looks at the conversation, and let the turn run that carries the card out."""
    house.live.wake(answered.card.conversation)
    if answered.turn:
        house.assistant.soon(answered.turn)
    return answered.card
