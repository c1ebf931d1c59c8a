"""Open the verification that unlocks the caller's own account."""

from desk.identity import Action
from desk.people import Role
from tools.reset_password import open_verification
from tools.tool import Args, Context, Outcome, Risk, tool


class UnlockAccount(Args):
    """Nothing: the person is the one who is signed in, or the account that the guest claims."""


@tool(
    risk=Risk.IDENTITY,
    who=Role.GUEST,
    intent="unlock",
    examples={
        "en": ["my account is locked", "locked out after too many wrong passwords", "please unlock me"],
        "ar": ["حسابي مقفل", "انقفل حسابي بعد محاولات كثيرة", "يرجى فك قفل الحساب"],
        "fa": ["حسابم قفل شده", "بعد از چند بار رمز اشتباه قفل شدم", "لطفاً حسابم رو باز کنید"],
    },
)
async def unlock_account(args: UnlockAccount, ctx: Context) -> Outcome:
    """Start the verification that unlocks the user's own locked account.

    Use it when the account is locked or disabled after wrong tries. It takes no subject and changes nothing by itself.
    """
    return await open_verification(Action.UNLOCK, ctx)
