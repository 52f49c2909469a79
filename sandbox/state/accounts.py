"""Accounts: an access key that is an account's number belongs to that account.

Any other key belongs to the sandbox's own, unless STS made it: then to the account of its role.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moto.iam.models import get_account_id_from

if TYPE_CHECKING:
    from sandbox.state.stores import Document

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
_NUMBER = re.compile(r"\d{12}")


def of_key(key: str) -> str:
    """Return the account that an access key belongs to."""
    if _NUMBER.fullmatch(key):
        return key
    account: str = get_account_id_from(key)
    return account


def of_request(environ: Document) -> str:
    """Return the account that signed a WSGI request."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return of_key(found.group(1)) if found else of_key("")


def mark(environ: Document) -> None:
    """Tell moto whose request it is, where it cannot know by itself."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found and _NUMBER.fullmatch(found.group(1)):
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = found.group(1)
