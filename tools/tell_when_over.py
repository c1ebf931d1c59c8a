"""Note that the caller wants to be told when a known disruption is over."""

from desk.people import Role
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class TellWhenOver(Args):
    """Nothing: it is about the disruption that this conversation was told of."""


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    intent="news",
    examples={
        "en": ["let me know when it is back", "tell me when it works again"],
        "ar": ["يرجى إبلاغي عندما تعود الخدمة", "خبروني لما يرجع يشتغل"],
        "fa": ["وقتی درست شد خبرم کنید", "هر وقت وصل شد به من بگویید"],
    },
)
async def tell_when_over(args: TellWhenOver, ctx: Context) -> Outcome:
    """Promise the user a message in this conversation when the known disruption is over.

    Use it only after a check has found a disruption and the user wishes to hear of its end.
    """
    async with ctx.desk.store.begin() as tx:
        mending = await tx.mendings.open_one(ctx.conversation.id, ctx.now)
        found = await ctx.inventory.disruptions_of(mending.asset, tx, ctx.now) if mending else []
        under_way = [each for each in found if each.under_way(ctx.now)]
        if mending is None or not under_way:
            return Outcome(status=Status.REFUSED, code="disruption.none")
        await tx.mendings.want_news(mending, under_way[0].id, ctx.now)
    return Outcome(status=Status.DONE, code="disruption.will_tell", facts={"name": ctx.inventory.name(mending.asset, ctx.lang)})
