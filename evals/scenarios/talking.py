"""One conversation: a user acts, the desk answers, time passes, until the user stops."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from evals.scenarios.acts import Act, Exchange, Fill, Press, Prove, Say, Stop
from evals.scenarios.screen import Screen, Seen

TYPING = timedelta(seconds=25)         # between two acts
TRYING = timedelta(minutes=3)          # when a piece of advice is tried out first


class User(Protocol):
    at: int                    # which of the wishes it is about now

    async def next(self, history: Sequence[Exchange], screen: Screen) -> Act: ...


async def talk(user: User, screen: Screen, pass_: Callable[[timedelta], Awaitable[None]]) -> list[Exchange]:
    """Ends with a Stop. `pass_` lets that much time go by at the desk."""
    history: list[Exchange] = []
    while True:
        act = await user.next(history, screen)
        if isinstance(act, Stop):
            return [*history, Exchange(step=user.at, act=act)]
        await pass_(TRYING if history and history[-1].seen.choices else TYPING)
        history.append(Exchange(step=user.at, act=act, seen=await _done(act, screen)))


async def _done(act: Act, screen: Screen) -> Seen:
    match act:
        case Say():
            return await screen.say(act.text)
        case Prove():
            return await screen.prove(act.flow, act.how)
        case Press():
            return await screen.press(act.card, do=act.do)
        case Fill():
            return await screen.fill(act.card, act.fields)
        case Stop():
            return Seen()
