"""Refusal of requests that a page in a browser makes, and of host names that are not this machine.

A browser lets any page send simple requests to loopback, and AWS's query protocol consists of such
requests: without this every site that a developer visits could start jobs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# `none`: typed by a person; programs that are no browser send no such header.
# https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
_OWN_SITE = frozenset({"same-origin", "none"})


def refusal(environ: Mapping[str, Any]) -> str | None:
    """Return why a WSGI request is refused; None for one that a program of this machine makes."""
    host = environ.get("HTTP_HOST", "")
    if not _is_loopback(f"//{host}"):
        # A page whose own name was made to mean 127.0.0.1 sends its own name.
        return f"the Host {host!r} is not this machine; call 127.0.0.1 or localhost"
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin != f"http://{host}":
        return f"a page of {origin!r} sent it; only programs of this machine may"
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None and site not in _OWN_SITE:
        return f"a page of another site sent it ({site}); only programs of this machine may"
    return None


def _is_loopback(address: str) -> bool:
    try:
        name = urlsplit(address).hostname
    except ValueError:
        return False
    # Resolvers give names below `localhost` to loopback alone: RFC 6761, section 6.3. S3's clients
    # put a bucket before it.
    return name is not None and (name in _LOOPBACK or name.endswith(".localhost"))
