"""What the desk owes people and nobody asks for: done at every beat, in this order."""

from datetime import datetime

from desk.services.attending import Attending
from desk.services.calling import Calling
from desk.services.handing import Handing
from desk.services.solving import Solving


class Keeping:
    def __init__(self, attending: Attending, handing: Handing, calling: Calling, solving: Solving) -> None:
        self._attending = attending
        self._handing = handing
        self._calling = calling
        self._solving = solving

    async def keep(self, now: datetime) -> list[str]:
        """Age presence, free what nobody attends to, apologise for what is late, tell who moved up. Returns the conversations told."""
        await self._attending.age(now)
        told = [*await self._attending.take_back(now), *await self._handing.keep_promises(now), *await self._calling.keep(now),
                *await self._solving.assume(now), *await self._handing.tell_places(now)]
        return list(dict.fromkeys(told))
