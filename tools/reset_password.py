"""Open the verification for a new password. Whose password it is, the session says; there is no argument for it."""

from desk.errors import NeedsPerson
from desk.identity import Action
from desk.people import Role
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class ResetPassword(Args):
    """Nothing: the person is the one who is signed in, or the account that the guest claims."""


async def open_verification(action: Action, ctx: Context) -> Outcome:
    """Open the flow, or the one that is open already; a person takes over where the rules say so."""
    try:
        async with ctx.desk.store.begin() as tx:
            flow = await ctx.desk.verifying.start(tx, ctx.conversation, action, ctx.now)
            needs = {"kind": "verification", "url": f"/verify/{flow.id}", "flow": flow.id, "action": str(action)}
            if flow.created_at == ctx.now:
                await tx.conversations.tell(ctx.conversation.id, "needs", {"needs": needs}, ctx.now)
    except NeedsPerson:
        return Outcome(status=Status.REFUSED, code="identity.needs_person", facts={"hand_off": "forbidden"})
    return Outcome(status=Status.WAITING, code=f"identity.verify_{action}", needs=needs)


@tool(
    risk=Risk.IDENTITY,
    who=Role.GUEST,
    intent="reset",
    examples={
        "en": ["I forgot my password", "my password has expired and I can't sign in", "need a new password please"],
        "ar": ["نسيت كلمة المرور", "انتهت صلاحية كلمة السر وما قدرت أدخل", "أبغى باسوورد جديد لو سمحتوا"],
        "fa": ["رمزم رو فراموش کردم", "رمز عبورم منقضی شده و نمی‌تونم وارد بشم", "یه پسورد جدید لازم دارم"],
    },
)
async def reset_password(args: ResetPassword, ctx: Context) -> Outcome:
    """Start the verification after which the user sets a new password on a one-time page.

    Use it when the user's own password is forgotten, expired or refused. It takes no subject and changes nothing by itself.
    """
    return await open_verification(Action.RESET, ctx)
