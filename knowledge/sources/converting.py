"""The near side of the process that converts: it is asked, waited for, and ended when it takes too long."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from knowledge.errors import BadFile
from knowledge.sources.formats import Converted, Limits

WORKER = "knowledge.sources.worker"


class Converter:
    """One file at a time. Closed it may be asked again: the process is begun anew."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._process: Process | None = None

    async def convert(self, suffix: str, raw: bytes) -> Converted:
        """Raises BadFile, also where the process died of the file."""
        try:
            answer = await asyncio.wait_for(self._asked(suffix, raw), self.limits.seconds)
        except TimeoutError:
            await self.close()
            raise BadFile(f"Converting it takes longer than {self.limits.seconds:.0f} seconds. Split the file.") from None
        except (OSError, EOFError, ValueError):
            await self.close()
            raise BadFile("Whatever converts it broke off. Save it anew in the program that made it.") from None
        except BaseException:          # what is half said would be taken for the next file's
            await self.close()
            raise
        if "refused" in answer:
            raise BadFile(answer["refused"])
        return Converted(**answer)

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            if process.stdin:
                process.stdin.close()
            await process.wait()

    async def _asked(self, suffix: str, raw: bytes) -> dict[str, Any]:
        process = self._process = self._process or await self._begun()
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps({"suffix": suffix, "size": len(raw)}).encode() + b"\n" + raw)
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _begun(self) -> Process:
        longest = 16 * self.limits.text        # bytes of an answer, each character escaped
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", WORKER, json.dumps(asdict(self.limits)), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=longest)
