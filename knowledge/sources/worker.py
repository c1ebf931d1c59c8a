"""Converts files in a process of its own, one after another: what a file does to its reader, it does to nobody else.

A request is a line of JSON, `{"suffix", "size"}`, and the file's bytes; the answer is a line of JSON, `{"title", "text", "plain"}` or
`{"refused"}`.
"""

import json
import os
import resource
import sys
from typing import BinaryIO

from knowledge.errors import BadFile
from knowledge.sources.formats import Limits, read


def serve(requests: BinaryIO, answers: BinaryIO, limits: Limits) -> None:
    while line := requests.readline():
        asked = json.loads(line)
        answers.write(json.dumps(_answer(asked["suffix"], requests.read(asked["size"]), limits)).encode() + b"\n")
        answers.flush()


def _answer(suffix: str, raw: bytes, limits: Limits) -> dict[str, object]:
    try:
        return vars(read(suffix, raw, limits))
    except BadFile as error:
        return {"refused": str(error)}


def _main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)                                 # answers come first
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())      # what a library prints is no answer
    serve(sys.stdin.buffer, answers, limits)


if __name__ == "__main__":
    _main()
