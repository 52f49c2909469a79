"""WSGI application that hands each request to moto's application for the service it names."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

# A host names a service and a region; requests may invent any number of them.
_HOSTS_KEPT = 1_000


class Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which finds the application of a host once.

    moto's own lists the folder of its package twice for every request: a sixth of its time.
    """

    def __init__(self) -> None:
        super().__init__(_backend_app)
        self._known = lru_cache(_HOSTS_KEPT)(super().get_backend_for_host)

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the name of the backend that answers for `host`; None: moto has none."""
        return self._known(host)


def install() -> None:
    """Have moto list the operations of a service once, not for every request."""
    responses.method_names_from_class = cache(method_names_from_class)


def _backend_app(service: str | None) -> Any:
    """moto's application for a service; None stands for one that moto has never heard of."""
    if service is None:
        raise NotImplementedError("this whole service")
    return create_backend_app(service)
