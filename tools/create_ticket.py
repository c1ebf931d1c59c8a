"""Open a ticket for the caller."""

from pydantic import Field

from desk.dates import moment_text
from desk.people import Role
from desk.tickets import Kind, Level
from tools.told_before import told_before
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class CreateTicket(Args):
    title: str = Field(min_length=1, max_length=200, description="The problem or wish in one line, in the user's language")
    description: str = Field(min_length=1, max_length=8000, description="What the user said about it, complete")
    kind: Kind = Field(Kind.INCIDENT, description="incident: something is broken; request: something new is wanted; security: a breach")
    impact: Level = Field(Level.LOW, description="how many people are stopped: low one, medium a team, high the company")
    urgency: Level = Field(Level.MEDIUM, description="how soon work stops: high now, medium soon, low can wait")
    separate: bool = Field(False, description="true only if the user has said that it isn't the ticket that is open already")


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    intent="ticket_create",
    examples={
        "en": ["my laptop screen is cracked", "please open a ticket, the printer on floor 2 is jammed", "someone has to fix my desk phone"],
        "ar": ["شاشة اللابتوب مكسورة", "يرجى فتح تذكرة، الطابعة في الدور الثاني فيها ورق عالق", "تليفون المكتب خربان ويحتاج تصليح"],
        "fa": ["صفحهٔ لپ‌تاپم شکسته", "لطفاً تیکت باز کنید، پرینتر طبقهٔ دوم کاغذ گیر کرده", "تلفن رومیزی‌ام خراب شده، باید درست بشه"],
    },
)
async def create_ticket(args: CreateTicket, ctx: Context) -> Outcome:
    """Open a ticket for the user: something that a person must mend, bring, grant or look into.

    Use it when the user asks for a ticket, or when knowledge and checks did not solve the problem. Returns its number and due time; what is
    on an open ticket of theirs already is added to that one.
    """
    owner = ctx.conversation.account
    if not args.separate and (joined := await _joined(args, ctx)):
        return joined
    async with ctx.desk.store.begin() as tx:
        ticket = await ctx.desk.ticketing.open(tx, requester=owner, title=args.title, description=args.description, kind=args.kind,
                                               impact=args.impact, urgency=args.urgency, lang=ctx.lang,
                                               conversation=ctx.conversation.id, key=ctx.key, now=ctx.now)
        person = await tx.people.by_id(owner) if owner else None
    return Outcome(status=Status.DONE, code="ticket.created", facts={
        "ticket": ticket.number, "title": ticket.title, "priority": str(ticket.priority),
        "due": moment_text(ticket.due_at, ctx.lang, person.timezone if person else "UTC", ctx.now)})


async def _joined(args: CreateTicket, ctx: Context) -> Outcome | None:
    """The same fault told again joins the ticket that is open."""
    async with ctx.desk.store.begin() as tx:
        if await tx.tickets.by_key(ctx.key):
            return None                # this very call has opened one before
        known = await told_before(tx, ctx, args.title, args.description)
        if known is None:
            return None
        if not await tx.tickets.has_comment(ctx.key):
            await tx.tickets.comment(known.number, "user", args.description, ctx.now, account=ctx.conversation.account, key=ctx.key)
    return Outcome(status=Status.DONE, code="ticket.joined", facts={"ticket": known.number, "title": known.title})
