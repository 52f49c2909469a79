"""What a sandbox remembers, found and put back: moto's backends and our own stores."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.s3.models import s3_backends

from sandbox.saving import classes
from sandbox.saving.refused import FileRefused, SaveRefused
from sandbox.state.stores import Store

if TYPE_CHECKING:
    from sandbox.saving.decoder import Decoder
    from sandbox.saving.encoder import Encoder

_ACCOUNT = re.compile(r"\d{12}")
_OWNERS = "s3.bucket_accounts"


def encode(encoder: Encoder) -> dict[str, Any]:
    """Return what stands for all of it; SaveRefused for a service that is not on the list."""
    backends = [
        [service, account, region, encoder.number_of(backend, f"{service} of {account}")]
        for service, account, region, backend in _backends()
    ]
    stores = {name: encoder.add(_plain(one), name) for name, one, _ in _stores()}
    stores[_OWNERS] = encoder.add(s3_backends.bucket_accounts, _OWNERS)
    return {"backends": backends, "stores": stores}


def _backends() -> Iterator[tuple[str, str, str, Any]]:
    for services in list(BackendDict._instances):
        name = str(services.service_name)
        if name in classes.left_services():
            continue
        if name not in classes.services():
            raise SaveRefused(f"the service {name} cannot be saved")
        for account, region, backend in list(services.iter_backends()):
            yield name, account, region, backend


def _stores() -> Iterator[tuple[str, Any, str]]:
    """Yield each store by its name, as what it holds, with the class of what is in it."""
    for module, row in classes.stores().items():
        for attribute, kind in row.items():
            found = getattr(importlib.import_module(module), attribute)
            held = found.contents() if isinstance(found, Store) else found
            yield f"{module}.{attribute}", held, kind


def _plain(held: Any) -> Any:
    return dict(held) if isinstance(held, dict) else held


def given(written: Any) -> dict[int, Any]:
    """Return moto's backends, made now, by the numbers of their objects in a file."""
    found = {}
    for service, account, region, number in written["backends"]:
        if service not in classes.services() or not _ACCOUNT.fullmatch(account):
            raise FileRefused(f"the service {service!r} of {account!r} cannot be loaded")
        try:
            backend: Any = get_backend(service)[account][region]
        except KeyError:
            raise FileRefused(f"there is no service {service!r} in {region!r}") from None
        found[number] = backend
    return found


def put_back(written: Any, decoder: Decoder) -> None:
    """Fill our own stores with what was made of a file; FileRefused before the first is filled."""
    ready = []
    held = [*_stores(), (_OWNERS, s3_backends.bucket_accounts, "")]
    if {name for name, _, _ in held} != written["stores"].keys():
        raise FileRefused("its stores are not those of a sandbox")
    for name, store, kind in held:
        value = decoder.value(written["stores"][name])
        wanted = dict if isinstance(store, dict) else type(store)
        if type(value) is not wanted:
            raise FileRefused(f"{name} is a {type(value).__name__}")
        inside = value.values() if isinstance(value, dict) else value
        if any(kind not in ("", classes.name_of(type(one))) for one in inside):
            raise FileRefused(f"{name} holds something else than {kind}")
        ready.append((store, value))
    for store, value in ready:
        store.clear()
        (store.extend if hasattr(store, "extend") else store.update)(value)
