"""The control request that saves the whole sandbox into an empty file of its owner.

The file is made by who asks: a request cannot overwrite anything, nor make a file anywhere.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from sandbox.saving import REQUEST_PATH
from sandbox.saving.refused import SaveRefused, StillRunning
from sandbox.server import requests_held, signatures

if TYPE_CHECKING:
    from sandbox.server.signatures import Environ


def serve(environ: Environ, start_response: Any) -> Iterable[bytes] | None:
    """Answer one WSGI request that was found signed; None when it is not about saving."""
    if environ.get("PATH_INFO") != REQUEST_PATH:
        return None
    status, said = _answer(environ)
    body = json.dumps(said).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


def _answer(environ: Environ) -> tuple[str, dict[str, Any]]:
    signature = signatures.read(environ)
    if signature is None or signature.token or environ["REQUEST_METHOD"] != "POST":
        return "403 Forbidden", {"message": "a role's session saves no sandbox"}
    try:
        name = str(json.loads(signatures.body(environ))["file"])
    except (ValueError, KeyError, TypeError):
        return "400 Bad Request", {"message": "the body must be {file: an empty file}"}
    try:
        with _opened(name) as file:
            return "200 OK", _save(file)
    except StillRunning as error:
        return "409 Conflict", {"message": str(error), "running": error.names}
    except SaveRefused as error:
        return "409 Conflict", {"message": str(error)}
    except OSError as error:
        return "507 Insufficient Storage", {"message": f"{name}: {error.strerror or error}"}


def _opened(name: str) -> IO[bytes]:
    descriptor = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    found = os.fstat(descriptor)
    is_own = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and found.st_nlink == 1
    if not is_own or found.st_size or stat.S_IMODE(found.st_mode) & 0o077:
        os.close(descriptor)
        raise SaveRefused(f"{name} is not an empty file that only its owner may read")
    return open(descriptor, "wb")


def _save(file: IO[bytes]) -> dict[str, Any]:
    # moto is loaded with it.
    from sandbox.saving import saved

    saved.settle()
    with requests_held.held():
        numbers = saved.save(file)
    file.flush()
    os.fsync(file.fileno())
    return dict(numbers)
