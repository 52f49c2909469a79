"""The sandbox's own request for a session of a role, which no service of AWS would give a person.

A role of a notebook, a pipeline's step or an application trusts a service alone, so that STS
refuses everybody else. Whoever holds the sandbox's secret may still try what such a role may do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.iam import role_sessions
from sandbox.iam.role_sessions import REQUEST_PATH
from sandbox.server import signatures

if TYPE_CHECKING:
    from sandbox.server.signatures import Environ

_SESSION_NAME = "sandbox"
_HOUR_SECONDS = 3600


def is_one(environ: Environ) -> bool:
    """Whether a WSGI request asks for a session."""
    return bool(environ.get("PATH_INFO") == REQUEST_PATH)


def answer(environ: Environ) -> tuple[str, str]:
    """Return the status and the JSON for a request that has been found signed."""
    signature = signatures.read(environ)
    if signature is None or signature.token:
        return _refused("403 Forbidden", "AccessDenied", "a role's session may not ask for another")
    try:
        asked: Any = json.loads(signatures.body(environ))
        session = role_sessions.issue(str(asked["RoleArn"]), _SESSION_NAME, _HOUR_SECONDS)
    except KeyError as missing:
        return _refused("400 Bad Request", "NoSuchEntity", f"no role {missing}")
    except (ValueError, TypeError):
        return _refused("400 Bad Request", "ValidationError", "the body must be {RoleArn: …}")
    return "200 OK", json.dumps(session.variables())


def _refused(status: str, code: str, reason: str) -> tuple[str, str]:
    return status, json.dumps({"__type": code, "message": f"sandbox: {reason}"})
