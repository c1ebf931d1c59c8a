"""Say where the open verification of this conversation stands."""

from desk.identity import FlowState
from desk.people import Role
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class IdentityStatus(Args):
    """Nothing: it is about this conversation's own verification."""


@tool(
    risk=Risk.READ,
    who=Role.GUEST,
    intent="identity_status",
    examples={
        "en": ["did my verification go through?", "where do I type the code?"],
        "ar": ["هل تم التحقق من هويتي؟", "أين أكتب الرمز؟"],
        "fa": ["تأیید هویتم انجام شد؟", "کد رو کجا باید بنویسم؟"],
    },
)
async def identity_status(args: IdentityStatus, ctx: Context) -> Outcome:
    """Tell how far the verification of this conversation is: what is proved, what is missing, or that there is none."""
    async with ctx.desk.store.read() as tx:
        flow = await tx.flows.latest(ctx.conversation.id)
    if flow is None:
        return Outcome(status=Status.DONE, code="identity.none")
    if flow.alive(ctx.now):
        needs = {"kind": "verification", "url": f"/verify/{flow.id}", "flow": flow.id, "action": str(flow.action)}
        return Outcome(status=Status.WAITING, code=f"identity.verify_{flow.action}", needs=needs)
    state = FlowState.EXPIRED if flow.state in (FlowState.FACTORS, FlowState.PASSWORD) else flow.state
    return Outcome(status=Status.DONE, code=f"identity.state_{state}")
