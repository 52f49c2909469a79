"""A company on this machine: a certificate authority, and an index of packages it vouches for."""

import datetime
import hashlib
import ipaddress
import ssl
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PACKAGE, VERSION = "companyware", "1.2.3"
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Company:
    """The certificate of the authority, the wheel on its index, and where that answers."""

    authority: Path
    wheel: Path
    index: str = ""

    @property
    def requirement(self) -> str:
        """The package as a lock names it."""
        digest = hashlib.sha256(self.wheel.read_bytes()).hexdigest()
        return f"{PACKAGE}=={VERSION} --hash=sha256:{digest}\n"


def authority(
    name: str = "Company Authority", *, days: int = 30, is_authority: bool = True
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate that signed itself, valid for so many days from yesterday, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _builder(subject, subject, key, days)
        .add_extension(constraints, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def private(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as PEM."""
    form = serialization.PrivateFormat.PKCS8
    encoding = serialization.Encoding.PEM
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + days * _DAY)
    )


def _server_files(folder: Path) -> Path:
    """Write the authority's certificate, and one of a server with its key; return the latter."""
    issuer, issuer_key = authority()
    (folder / "company.pem").write_text(pem(issuer))
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    certificate = (
        _builder(subject, issuer.subject, key, 30)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(signer, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_text(pem(certificate) + private(key))
    return path


def _wheel(folder: Path) -> Path:
    path = folder / f"{PACKAGE}-{VERSION}-py3-none-any.whl"
    facts = f"{PACKAGE}-{VERSION}.dist-info"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{PACKAGE}.py", "ANSWER = 42\n")
        described = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {VERSION}\n"
        archive.writestr(f"{facts}/METADATA", described)
        archive.writestr(f"{facts}/WHEEL", kind)
        archive.writestr(f"{facts}/RECORD", "")
    return path


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to the terminal."""


@contextmanager
def company(folder: Path) -> Iterator[Company]:
    """Serve a wheel by https on loopback; only the company vouches for the certificate."""
    root = folder / "index"
    page = root / "simple" / PACKAGE / "index.html"
    page.parent.mkdir(parents=True)
    wheel = _wheel(root)
    page.write_text(f'<a href="/{wheel.name}">{wheel.name}</a>')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_server_files(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"https://localhost:{server.server_address[1]}/simple"
        yield Company(folder / "company.pem", wheel, address)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Listen as a proxy that refuses everybody; yield its address, and what it was asked for."""
    asked: list[str] = []

    class Refusing(_Quiet):
        def do_CONNECT(self) -> None:
            asked.append(self.path)
            self.send_error(403)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
