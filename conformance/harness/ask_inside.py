"""A script that runs where there is no network: starts a server there and asks it once."""

import http.client
import json
import subprocess
import sys
import time
from typing import Any

_LOOK_SECONDS = 0.05
_ANSWER_SECONDS = 60


def main(question: dict[str, Any], words: list[str]) -> int:
    """0 when the request is answered 200; else the reason is the last line."""
    deadline = time.monotonic() + float(question["seconds"])
    with subprocess.Popen(words) as server:
        try:
            while server.poll() is None and time.monotonic() < deadline:
                if _status(question, "GET", "/ping", None) == 200:
                    status = _status(question, "POST", "/invocations", question["body"].encode())
                    print(f"the example request is answered {status}", file=sys.stderr)
                    return 0 if status == 200 else 1
                time.sleep(_LOOK_SECONDS)
            return 1
        finally:
            server.kill()


def _status(question: dict[str, Any], method: str, path: str, body: bytes | None) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", question["port"], timeout=_ANSWER_SECONDS)
    try:
        connection.request(method, path, body, question["headers"])
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
