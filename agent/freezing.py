"""Offers to freeze the account of somebody who is in danger: a card beside the chat, while a person is on the way."""

from typing import Any

from agent import confirming
from agent.state import Call, Going, State
from desk.codes import digest
from desk.handoffs import Reason
from desk.rollouts import Stage

FREEZE = "freeze_account"


async def offered(reason: Reason, state: State, going: Going) -> list[dict[str, Any]]:
    """The outcome of putting it on a card: none where there is no danger, nobody signed in, or the tool is not rolled out here."""
    tool = going.mind.tools.get(FREEZE)
    if reason is not Reason.SECURITY or tool is None or going.conversation.is_guest or not tool.allows(going.role):
        return []
    if going.stage(FREEZE) is not Stage.AUTOMATIC:
        return []
    call: Call = {"id": digest(going.turn.id, FREEZE), "name": FREEZE, "args": {}}
    _, outcome = await confirming.ask(call, state, going)
    return [outcome]
