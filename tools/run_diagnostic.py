"""Check a declared asset: is it up, is it the asset's fault, and is it known? What is checked is an id, never a host."""

from typing import Literal

from pydantic import Field

from desk.people import Role
from tools.assets import AssetId
from tools.mending import Looking, begin, one_check
from tools.tool import Args, Context, Outcome, Risk, Status, tool


class RunDiagnostic(Args):
    asset: AssetId = Field(description="What to check: an id from the asset list, never a host name or address. "
                                       "An id that is not declared returns the list")
    check: Literal["known", "dns", "tcp", "tls", "http", "status"] | None = Field(
        None, description="One check alone; empty runs the asset's runbook from its beginning")


@tool(
    risk=Risk.READ,            # what it remembers is the conversation's own progress: a turn run again remembers the same
    who=Role.USER,
    intent="diagnostics",
    examples={
        "en": ["the wiki won't open", "vpn drops every ten minutes", "is the mail server down?"],
        "ar": ["الويكي ما يفتح معي", "الـ VPN يفصل كل شوي", "هل خادم البريد متوقف؟"],
        "fa": ["ویکی باز نمیشه", "وی‌پی‌ان هی قطع میشه", "سرور ایمیل قطع است؟"],
    },
)
async def run_diagnostic(args: RunDiagnostic, ctx: Context) -> Outcome:
    """Check a service or device that the user says is not working.

    Use it before suggesting steps or opening a ticket. Returns what was looked at, what was found, and `said`: what to tell the user of it.
    `diagnostic.clear` means that the asset works: go on with the article's steps, or with continue_runbook.
    """
    asset = ctx.inventory.asset(args.asset)
    if asset is None:
        known = [{"id": each.id, "name": each.name.in_(ctx.lang)} for each in ctx.inventory.assets]
        return Outcome(status=Status.REFUSED, code="diagnostic.unknown_asset", facts={"assets": known})
    if args.check is None:
        return await begin(asset, ctx)
    looking = Looking.at(asset, ctx)
    found = await looking.check(asset, args.check)
    if found is None:
        return Outcome(status=Status.REFUSED, code="diagnostic.no_such_check",
                       facts={"name": asset.name.in_(ctx.lang), "checks": ["known", *asset.checks]})
    return one_check(found, asset, looking, ctx)
