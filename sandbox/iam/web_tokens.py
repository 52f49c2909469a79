"""Web identity tokens, signed by the sandbox's secret in place of a provider's private key.

AWS fetches the public key of the provider that a token names; nothing here leaves the machine, so
the sandbox stands for every provider, and only who knows its secret can make a token.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any


def make(claims: dict[str, Any], secret: str) -> str:
    """Return a JSON web token with these claims that the sandbox of `secret` accepts."""
    parts = [_encoded(json.dumps(one).encode()) for one in ({"alg": "HS256"}, claims)]
    text = ".".join(parts)
    return f"{text}.{_signature(text, secret)}"


def is_signed(token: str, secret: str) -> bool:
    """Whether the sandbox of `secret` signed a token."""
    text, _, signature = token.rpartition(".")
    return hmac.compare_digest(_signature(text, secret).encode(), signature.encode())


def _signature(text: str, secret: str) -> str:
    return _encoded(hmac.digest(secret.encode(), text.encode(), "sha256"))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
