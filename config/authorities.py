"""File of a company's certificate authorities beside an environment file: PEM, read and checked."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MOST_BYTES = 100_000
"""Several dozen authorities; what a system trusts anyway need not be repeated."""


class AuthoritiesError(Exception):
    """Why a file is no list of certificate authorities, and what to do; one line."""


@dataclass(frozen=True)
class Authority:
    """One authority: the common name of its certificate, and when that expires."""

    name: str
    expires_seconds: float


def read_authorities(path: Path) -> list[Authority]:
    """Return the authorities in a file, expired ones too; raises AuthoritiesError."""
    text = _read(path)
    if "PRIVATE KEY-----" in text:
        raise AuthoritiesError("holds a private key, which no other machine may have; take it out")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        raise AuthoritiesError(
            "holds none or a broken certificate; write each as PEM, from "
            "-----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
        ) from None
    found = context.cert_store_stats()
    if found["x509"] != found["x509_ca"]:
        raise AuthoritiesError(
            "holds a certificate of a server and not of an authority; put the one that signed it"
        )
    return [_authority(certificate) for certificate in context.get_ca_certs()]


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = str(error.strerror).lower()
        raise AuthoritiesError(f"{path.name} cannot be read: {reason}; put it there") from None
    if len(content) > MOST_BYTES:
        raise AuthoritiesError(
            f"{path.name} has {len(content)} bytes, at most {MOST_BYTES}; leave out what the "
            "system trusts anyway"
        )
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise AuthoritiesError(
            f"{path.name} is not PEM; convert it: openssl x509 -inform der -in FILE"
        ) from None


def _authority(certificate: Mapping[str, Any]) -> Authority:
    names = dict(pair for part in certificate["subject"] for pair in part)
    name = names.get("commonName", names.get("organizationName", "an authority"))
    return Authority(str(name), ssl.cert_time_to_seconds(str(certificate["notAfter"])))
