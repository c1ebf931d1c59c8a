"""Freeze the caller's own account, when it may be in wrong hands."""

from desk.people import Role
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class FreezeAccount(Args):
    """Nothing: the account is that of the one who is signed in."""


@tool(
    risk=Risk.WRITE,
    who=Role.USER,
    confirms=True,
    examples={
        "en": ["please freeze my account", "freeze my account until it is clear what happened", "put my account on ice right away"],
        "ar": ["يرجى تجميد حسابي", "جمّدوا حسابي لين نعرف وش صار", "عايزة أجمد حسابي حالاً"],
        "fa": ["لطفاً حسابم رو مسدود موقت کنید", "حساب من را فریز کنید", "حسابم رو فریز کنید تا معلوم بشه چی شده"],
    },
)
async def freeze_account(args: FreezeAccount, ctx: Context) -> Outcome:
    """Freeze the user's own account: nobody can sign in with its password, and it is signed out everywhere else.

    Use it when somebody else may be in the account or has its password, or a device of the user is in wrong hands. The user confirms it on
    a card. It is undone by unlocking the account with two factors.
    """
    assert ctx.conversation.account is not None
    async with ctx.desk.store.begin() as tx:
        person = await tx.people.by_id(ctx.conversation.account)
        assert person is not None
        local = await tx.people.credentials(person.id) is not None
        ended = await ctx.desk.freezing.freeze(tx, person, ctx.now, but=(await tx.turns.get(ctx.turn)).session)
    return Outcome(status=Status.DONE, code="account.frozen" if local else "account.signed_out", facts={"ended": ended})
