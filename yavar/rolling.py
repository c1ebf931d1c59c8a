"""How far tools go, asked and decided on the command line: straight on the database, so that no model's client is loaded for it."""

from desk.errors import BadInput
from desk.rollouts import ANY, Stage, stage_of
from desk.services.rolling import Rolling
from tools import toolbox
from yavar.clock import utcnow
from yavar.settings import Settings
from yavar.stores import opened

UNSET = "unset"
BY = "operator"


async def listed_tools(settings: Settings) -> str:
    async with opened(settings) as store, store.read() as tx:
        rollouts = await tx.rollouts.all()
    blocks = []
    for tool in toolbox().values():
        shown = [f"{tool.name}  risk: {tool.risk}  who: {tool.who}  stage: {stage_of(rollouts, tool.name, ANY, ANY)}",
                 *(f"  except {each.group}/{each.lang}: {each.stage}" for each in rollouts
                   if each.tool in (ANY, tool.name) and (each.group, each.lang) != (ANY, ANY)),
                 f"  {tool.description.splitlines()[0]}",
                 *(f"  {lang}: {lines[0]}" for lang, lines in tool.examples.items())]
        blocks.append("\n".join(shown))
    return "\n\n".join(blocks)


async def stages(settings: Settings) -> str:
    async with opened(settings) as store, store.read() as tx:
        rollouts = await tx.rollouts.all()
    if not rollouts:
        return "Nothing was decided: every tool is automatic for everybody."
    return "\n".join(f"{each.tool}  {each.group}  {each.lang}  {each.stage}  since {each.since:%Y-%m-%d %H:%M} UTC" for each in rollouts)


async def decide(settings: Settings, tool: str, stage: str, *, group: str, lang: str) -> str:
    """Raises BadInput for what there is not."""
    wanted = next((each for each in Stage if each == stage), None)
    if wanted is None and stage != UNSET:
        raise BadInput(f"`{stage}` is no stage. Choose one of {', '.join(Stage)}, or {UNSET}.")
    async with opened(settings) as store:
        await Rolling(store).set(tool, wanted, group=group, lang=lang, known=toolbox().keys(), by=BY, now=utcnow())
    return f"{tool} for {group}/{lang}: {wanted or 'as without a decision'}."
