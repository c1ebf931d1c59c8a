"""What the desk owes people and nobody asks for: done at every beat, in this order."""

from datetime import datetime

from desk.services.attending import Attending
from desk.services.calling import Calling
from desk.services.handing import Handing
from desk.services.solving import Solving


class Keeping:
    def __init__(self, attending: Attending, handing: Handing, calling: Calling, solving: Solving) -> None:
        self._age = attending.age
        self._duties = (attending.take_back, handing.keep_promises, calling.keep, solving.assume, handing.tell_places)

    async def keep(self, now: datetime) -> list[str]:
        """Age presence, free what nobody attends to, apologise for what is late, tell who moved up. Returns the conversations told.

        A duty that fails keeps no other from being done; what went wrong is raised when all have had their turn.
        """
        await self._age(now)
        told: list[str] = []
        failed: list[Exception] = []
        for duty in self._duties:
            try:
                told += await duty(now)
            except Exception as error:
                failed.append(error)
        if failed:
            raise ExceptionGroup("not all that is owed could be done", failed)
        return list(dict.fromkeys(told))
