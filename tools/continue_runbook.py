"""Go on with what is being mended in this conversation: the next step, or its end."""

from pydantic import Field

from desk.mending import MendingState
from desk.people import Role
from tools.mending import go_on
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class ContinueRunbook(Args):
    works: bool = Field(False, description="True only if the user has said that it works now; else the next step is taken")


@tool(
    risk=Risk.READ,            # what it remembers is the conversation's own progress: a turn run again takes the same step
    who=Role.USER,
    intent="still_broken",
    examples={
        "en": ["still not working", "that didn't help", "it works now, thanks"],
        "ar": ["لسه ما اشتغل", "جربت وما نفع", "اشتغل الحين، شكرا"],
        "fa": ["هنوز درست نشده", "امتحان کردم، فایده نداشت", "درست شد، ممنون"],
    },
)
async def continue_runbook(args: ContinueRunbook, ctx: Context) -> Outcome:
    """Take the next step of the check that was begun in this conversation, or end it because it works.

    Use it when the user says that the last step did not help, or that all is well now. `said` is the step to tell the user, word for word.
    """
    async with ctx.desk.store.begin() as tx:
        mending = await tx.mendings.open_one(ctx.conversation.id, ctx.now)
        asset = ctx.inventory.asset(mending.asset) if mending else None
        if mending and args.works:
            await tx.mendings.go_on(mending, (), ctx.now, state=MendingState.SOLVED)
    if args.works:
        return Outcome(status=Status.DONE, code="runbook.solved", facts={"summary": ctx.desk.words.say(ctx.lang, "choice.solved")})
    if mending is None or asset is None:
        return Outcome(status=Status.REFUSED, code="runbook.none")
    return await go_on(mending, asset, ctx)
