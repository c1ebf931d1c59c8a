"""Cancel one of the caller's own open tickets."""

from pydantic import Field

from desk.people import Role
from desk.tickets import MOVES, Status, Ticket
from tools.finding import find, over, settled
from tools.tool import Args, Context, Outcome, Risk, tool
from tools.tool import Status as Did


class CancelTicket(Args):
    number: int | None = Field(None, ge=1, le=2**31 - 1, description="The ticket's number; empty if the user gave none")
    about: str = Field("", max_length=2000, description="The words by which the user means the ticket, if no number is known")


async def settle(args: CancelTicket, ctx: Context) -> Args | Outcome:
    exact: Args | Outcome = await settled(args, ctx, _can_be)
    return exact


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    confirms=True,
    settle=settle,
    examples={
        "en": [
            "cancel ticket 1003", "please withdraw my printer request", "I don't need that ticket any more, close it",
            "never mind, the problem solved itself, drop the ticket", "you can close my ticket, it works again",
            "I no longer need ticket 1003", "please delete my request", "forget my ticket about the mouse",
            "cancel my request, no longer needed", "close ticket 1003 please, I fixed it myself",
            "cancel the lamp ticket please", "it is lit again, you can drop that ticket", "somebody fixed it, cancel my request",
            "withdraw my request, it is sorted",
        ],
        "ar": [
            "يرجى إلغاء التذكرة 1003", "الغوا طلب الطابعة", "ما عاد أحتاج التذكرة، أغلقوها", "انحلت المشكلة لوحدها، الغوا التذكرة",
            "يرجى سحب الطلب 1003", "لا حاجة للتذكرة بعد الآن", "ممكن إلغاء طلبي؟", "أغلقوا التذكرة 1003 ما عاد لها داعي",
            "احذفوا تذكرتي", "كنسلوا الطلب", "كنسلوا تذكرة الكرسي",
            "الغوا تذكرة اللمبة، رجعت تشتغل", "احذفوا الطلب، زميلتي صلحتها", "يرجى سحب الطلب، انحل لحاله",
        ],
        "fa": [
            "تیکت 1003 رو لغو کنید", "درخواست پرینترم رو پس می‌گیرم", "دیگه به اون تیکت نیازی نیست، ببندیدش",
            "مشکل خودش حل شد، تیکت رو کنسل کنید", "لطفاً درخواست 1003 را لغو کنید", "تیکتم رو ببندید، خودم درستش کردم",
            "دیگر به تیکت 1003 نیاز ندارم", "تیکت رو حذف کنید", "بی‌خیال تیکت موس، لازم نیست", "می‌خوام تیکتم رو کنسل کنم",
            "تیکت لامپ رو کنسل کنید", "دیگه لازم نیست، لغوش کنید", "همکارم درستش کرد، تیکت رو ببندید", "لطفاً درخواستم را لغو کنید",
        ],
    },
)
async def cancel_ticket(args: CancelTicket, ctx: Context) -> Outcome:
    """Cancel one of the user's own open tickets that is no longer needed.

    Use it when the user wants a ticket withdrawn or closed. The user confirms it on a card.
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
        await ctx.desk.ticketing.change(tx, found, person, ctx.now, to=Status.CANCELLED)
    return Outcome(status=Did.DONE, code="ticket.cancelled", facts={"ticket": found.number, "title": found.title})


def _can_be(ticket: Ticket) -> bool:
    return Status.CANCELLED in MOVES[ticket.status]
