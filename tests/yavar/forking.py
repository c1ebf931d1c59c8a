"""Started as a script: forks real servers out of one process that has imported everything, so that each starts in a fraction of the time.

A line on stdin is a JSON object with `command`, `env` and `log`; the answer is the process id. Nothing is opened before the fork.
"""

import json
import os
import signal
import sys


def main() -> None:
    import chromadb  # noqa: F401  what a server imports while it opens

    from yavar import serve, work
    from yavar.settings import load

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)      # nobody waits for those that are killed
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for stream in (1, 2):
                os.dup2(log, stream)
            os.close(0)
            os.environ.update(order["env"])
            if order["command"] == "work":
                work.run(load())
            else:
                serve.run(load(), with_demo=True)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
