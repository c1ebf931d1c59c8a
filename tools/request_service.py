"""Ask for something of the service catalogue: opens its form beside the chat; the form's button makes the request."""

from pydantic import Field

from desk.cards import CardKind
from desk.catalogue import Entry, faults, known, prefilled
from desk.dates import moment_text
from desk.errors import TooManyCards
from desk.people import Account, Role
from desk.services.carding import REQUEST_TOOL, today
from desk.tickets import Kind
from tools.entries import entry_for
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class RequestService(Args):
    entry: str = Field("", max_length=40, description="The catalogue entry: equipment, software, access, vpn, mailbox, mobile, room or "
                       "guest_account; empty to let the user's words decide")
    fields: dict[str, str] = Field(default_factory=dict, max_length=20,
                                   description="Always empty: what the message says is read from it, the user fills in the rest")


@tool(
    risk=Risk.FORM,
    who=Role.USER,
    intent="service_request",
    examples={
        "en": ["I need a new laptop", "please give me access to the finance shared folder", "could I get a licence for Visio",
               "we need a shared mailbox for the sales team"],
        "ar": ["أحتاج لابتوب جديد", "أريد صلاحية على المجلد المشترك للمالية", "ممكن ترخيص لبرنامج Visio",
               "نحتاج صندوق بريد مشترك لفريق المبيعات"],
        "fa": ["یه لپ‌تاپ جدید لازم دارم", "دسترسی به پوشهٔ مشترک مالی می‌خوام", "لایسنس ویزیو لازم دارم",
               "یه ایمیل مشترک برای تیم فروش می‌خوایم"],
    },
)
async def request_service(args: RequestService, ctx: Context) -> Outcome:
    """Open the form for something new of the service catalogue: equipment, software, access, VPN, a mailbox, a phone, a room, a guest.

    Use it when the user asks for one of these. What the message says is filled in; the user checks the form and sends it.
    """
    entry = ctx.desk.catalogue.get(args.entry) if args.entry else entry_for(ctx.desk.catalogue, ctx.message)
    if entry is None:
        return Outcome(status=Status.REFUSED, code="request.not_offered")
    async with ctx.desk.store.read() as tx:
        person = await tx.people.by_id(ctx.conversation.account or "")
    assert person is not None
    return await (_make(entry, args.fields, person, ctx) if ctx.approved else _open_form(entry, person, ctx))


async def _open_form(entry: Entry, person: Account, ctx: Context) -> Outcome:
    said = prefilled(entry, ctx.message, today(person, ctx.now))
    try:
        async with ctx.desk.store.begin() as tx:
            card = await ctx.desk.carding.open(tx, ctx.conversation, CardKind.FORM, REQUEST_TOOL, {"entry": entry.id, "fields": said},
                                               key=ctx.key, now=ctx.now)
    except TooManyCards:
        return Outcome(status=Status.REFUSED, code="card.too_many")
    return Outcome(status=Status.WAITING, code="request.form", facts={"name": entry.name.of(ctx.lang)}, needs=card.needs)


async def _make(entry: Entry, fields: dict[str, str], person: Account, ctx: Context) -> Outcome:
    """The form as it was sent and sealed: checked once more, then a ticket of kind request."""
    if any(why != "past" for why in faults(entry, fields, today(person, ctx.now)).values()):   # midnight may have come since
        return Outcome(status=Status.REFUSED, code="request.not_offered")
    async with ctx.desk.store.begin() as tx:
        ticket = await ctx.desk.ticketing.open(
            tx, requester=person.id, title=_title(entry, fields, ctx), description=_text(entry, fields, person, ctx), kind=Kind.REQUEST,
            impact=entry.impact, urgency=entry.urgency, lang=ctx.lang, conversation=ctx.conversation.id, key=ctx.key, now=ctx.now)
        if entry.approval and not await tx.tickets.has_comment(ctx.key):
            note = ctx.desk.words.say(ctx.lang, "request.approval_note", note=entry.approval.of(ctx.lang))
            await tx.tickets.comment(ticket.number, "system", note, ctx.now, key=ctx.key)
    code = "request.made_for_approval" if entry.approval else "request.made"
    return Outcome(status=Status.DONE, code=code, facts={
        "ticket": ticket.number, "name": entry.name.of(ctx.lang), "approval": entry.approval.of(ctx.lang) if entry.approval else "",
        "due": moment_text(ticket.due_at, ctx.lang, person.timezone, ctx.now)})


def _title(entry: Entry, fields: dict[str, str], ctx: Context) -> str:
    """The entry, and what of it: the first field that is a choice or a line."""
    first = next((field for field in entry.asked if field.kind in ("choice", "text", "person") and fields.get(field.id)), None)
    return f"{entry.name.of(ctx.lang)}: {first.named(fields[first.id], ctx.lang)}"[:200] if first else entry.name.of(ctx.lang)


def _text(entry: Entry, fields: dict[str, str], person: Account, ctx: Context) -> str:
    """The filled form in words, one line for each field, with what the directory knows."""
    filled = fields | known(entry, person)
    lines = []
    for field in entry.fields:
        value, label = filled.get(field.id, ""), field.label.of(ctx.lang)
        if value:
            shown = ctx.desk.words.say(ctx.lang, f"request.{value}") if field.kind == "yesno" else field.named(value, ctx.lang)
            lines.append(f"{label} {shown}" if label.endswith(("?", "؟")) else f"{label}: {shown}")
    return "\n".join(lines)
