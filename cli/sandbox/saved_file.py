"""A saved sandbox's file: written beside its name first, and there only when it is whole."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.sandbox.sandbox_state import RunningSandbox
from cli.system.project_paths import display_path
from cli.system.system_errors import add_advice
from cli.terminal.errors import Failure, WrongInput
from sandbox.saving import REQUEST_PATH

_LONGEST_SECONDS = 3600


class StillRunning(Failure):
    """Something runs in the sandbox, which would be cut off."""


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield an empty file that becomes `target` at the end of the block; after an error it is gone.

    Raises WrongInput when `target` exists or its folder does not.
    """
    if target.exists():
        raise WrongInput(f"{display_path(target)}: exists already; delete it or name another file")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise WrongInput(f"{display_path(target)}: cannot be written ({error.strerror})") from None
    try:
        yield draft
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def save_into(draft: Path, running: RunningSandbox) -> dict[str, int]:
    """Have a sandbox saved into an empty file; return the numbers of its objects and endpoints.

    Raises StillRunning when something runs in it, Failure for what else keeps it from being saved.
    """
    status, said = _ask(running, json.dumps({"file": str(draft.resolve())}))
    if status == 200:
        return {name: int(number) for name, number in said.items()}
    kind = StillRunning if "running" in said else Failure
    raise kind(f"sandbox: {add_advice(str(said.get('message')))}")


def _ask(running: RunningSandbox, body: str) -> tuple[int, dict[str, Any]]:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from botocore.exceptions import BotoCoreError, HTTPClientError
    from botocore.httpsession import URLLib3Session

    from cli.aws.connection import require_loopback

    request = AWSRequest(
        method="POST",
        url=require_loopback(running.url) + REQUEST_PATH,
        data=body,
        headers={"Content-Type": "application/json"},
    )
    SigV4Auth(Credentials(running.account, running.secret), "sandbox", running.region).add_auth(
        request
    )
    try:
        answer = URLLib3Session(timeout=_LONGEST_SECONDS, proxies={}).send(request.prepare())
        return answer.status_code, dict(json.loads(answer.content))
    except (BotoCoreError, HTTPClientError, ValueError) as error:
        raise Failure(
            f"sandbox: it ended while it was saved ({type(error).__name__}); nothing was written"
        ) from None
