"""Jobs of a house on PostgreSQL: procrastinate, in a schema of its own; `procrastinate shell` and its other tools work on it."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from desk.jobs import FIRST_PAUSE, LEASE, TRIES, Handler
from desk.store.postgres import address, in_schema, own_schema
from yavar.forever import for_ever

log = structlog.get_logger()
SCHEMA = "jobs"
LOOK = 1.0                     # seconds between two looks for what has become due
AT_ONCE = 3                    # jobs of one process
AGAIN = 1.0                    # seconds until a worker that lost the database begins again
BEAT = LEASE.total_seconds() / 4
RETRY = RetryStrategy(max_attempts=TRIES - 1, exponential_wait=int(FIRST_PAUSE.total_seconds()))


class DurableJobs:
    def __init__(self, url: str) -> None:
        self._url = url
        self._app = App(connector=PsycopgConnector(conninfo=address(url), min_size=1, max_size=AT_ONCE + 1, kwargs=in_schema(SCHEMA)))

    async def open(self, handlers: Mapping[str, Handler]) -> None:
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)      # its lines carry what jobs were given; ours do not
        for name, handler in handlers.items():
            self._app.task(name=name, retry=RETRY)(_logged(name, handler))
        async with own_schema(self._url, SCHEMA) as one:
            found = await (await one.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.procrastinate_jobs"])).fetchone()
            await self._app.open_async()
            if found is None or found[0] is None:
                await self._app.schema_manager.apply_schema_async()

    async def put(self, name: str, facts: Mapping[str, Any] | None = None, *, key: str | None = None, due: datetime | None = None) -> bool:
        whole = f"{name}:{key}" if key else None
        job = self._app.configure_task(name, lock=whole, queueing_lock=whole, schedule_at=due)
        try:
            await job.defer_async(facts=dict(facts or {}))
        except AlreadyEnqueued:
            return False
        return True

    async def run_due(self) -> None:
        await self._rescue()
        await self._work(wait=False)

    async def work(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(for_ever(lambda: self._work(wait=True), AGAIN, _told))
            group.create_task(for_ever(self._rescue, BEAT, _told))

    async def close(self) -> None:
        await self._app.close_async()

    async def _work(self, *, wait: bool) -> None:
        await self._app.run_worker_async(
            wait=wait, concurrency=AT_ONCE, install_signal_handlers=False, listen_notify=wait, delete_jobs="successful",
            fetch_job_polling_interval=LOOK, update_heartbeat_interval=BEAT, stalled_worker_timeout=LEASE.total_seconds(),
            shutdown_graceful_timeout=BEAT)

    async def _rescue(self) -> None:
        """Jobs of a process that died wait again. Of several who find them, one is the first."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=LEASE.total_seconds()):
            with suppress(ConnectorException):
                await manager.retry_job(job, retry_at=datetime.now(UTC))


def _told(error: Exception) -> None:
    log.warning("jobs.failed", error=type(error).__name__)


def _logged(name: str, handler: Handler) -> Any:
    async def run(facts: dict[str, Any]) -> None:
        try:
            await handler(facts)
        except Exception as error:
            log.exception("job.failed", job=name, error=type(error).__name__)
            raise
    return run
