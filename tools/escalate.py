"""Raise one of the caller's own tickets, as far as the facts carry it."""

from pydantic import Field

from desk.dates import moment_text
from desk.people import Role
from desk.tickets import Ticket
from desk.urging import Result
from tools.finding import find, over, settled
from tools.tool import Args, Context, Outcome, Risk, Status, tool

REASON = 500                   # characters


class Escalate(Args):
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user gave none")
    about: str = Field("", max_length=2000, description="The words by which the user means the ticket, if no number is known")
    reason: str = Field("", max_length=REASON, description="Why it can't wait, in the user's words")


async def settle(args: Escalate, ctx: Context) -> Args | Outcome:
    exact: Args | Outcome = await settled(args.model_copy(update={"reason": args.reason or ctx.message[:REASON]}), ctx, _can_be)
    return exact


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    confirms=True,
    settle=settle,
    examples={
        "en": [
            "please escalate ticket 1003", "my ticket is urgent, raise it", "this request has to be taken more seriously",
            "give my ticket a higher priority", "ticket 1003 can't wait any longer, the whole team is blocked",
            "raise the priority of my request", "can you escalate this to a senior", "my ticket needs urgent attention",
            "please prioritise ticket 1003", "make it more urgent", "it has become critical, please treat my ticket as urgent",
            "please speed up ticket 1003, it is critical",
        ],
        "ar": [
            "يرجى تصعيد التذكرة 1003", "تذكرتي مستعجلة، ارفعوا أولويتها", "لازم يؤخذ هذا الطلب بجدية أكبر", "يرجى رفع أولوية تذكرتي",
            "التذكرة 1003 ما تتحمل الانتظار، الفريق كله متوقف", "ممكن تصعيد الموضوع؟ صار عاجل", "طلبي عاجل جدا يرجى الاستعجال",
            "صعّدوا التذكرة لو سمحتم", "التذكرة 1003 عاجلة", "ارفعوا التذكرة لمستوى أعلى", "يرجى تسريع معالجة الطلب 1003",
        ],
        "fa": [
            "لطفاً تیکت 1003 رو تسریع کنید", "تیکتم فوریه، اولویتش رو بالا ببرید", "این درخواست باید جدی‌تر گرفته بشه",
            "اولویت درخواستم رو بالا ببرید", "تیکت 1003 دیگه نمی‌تونه صبر کنه، کل تیم معطل شده", "تیکتم خیلی ضروریه، زودتر رسیدگی کنید",
            "لطفاً درخواست 1003 را اضطراری کنید", "اولویت تیکتم رو بیشتر کنید", "تیکت رو به سطح بالاتر ارجاع بدید",
            "تیکت 1003 فوریت داره", "لطفاً تیکت را ارتقا بدهید به اولویت بالا",
        ],
    },
)
async def escalate(args: Escalate, ctx: Context) -> Outcome:
    """Raise one of the user's own open tickets: it is urgent, overdue, or has to be taken more seriously.

    Use it when the user wants a ticket escalated, or when facts in this conversation show that it can't wait. The urgency rises only as far
    as the facts carry it, and the queue is told. It is not for a user who wants to talk to a person.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.begin() as tx:
        found = await find(tx, ctx, args.number, args.about, _can_be)
        if isinstance(found, Outcome):
            return found
        if not _can_be(found):
            return over(found)
        person = await tx.people.by_id(ctx.conversation.account)
        assert person is not None
        raised = await ctx.desk.urging.escalate(tx, person, found, args.reason, ctx.now)
    status = Status.DONE if raised.result in (Result.RAISED, Result.NOTED) else Status.REFUSED
    return Outcome(status=status, code=f"escalate.{raised.result}", facts={
        "ticket": found.number, "title": found.title, "priority": str(raised.ticket.priority),
        "due": moment_text(raised.ticket.due_at, ctx.lang, person.timezone, ctx.now)})


def _can_be(ticket: Ticket) -> bool:
    return ticket.is_open
