"""Tests of the dispatcher: it finds what moto's own finds, and looks once."""

import pytest
from moto.core import responses
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.server import dispatching
from sandbox.server.dispatching import Dispatcher


@pytest.mark.parametrize(
    "host",
    ["sqs.us-east-1.amazonaws.com", "s3.amazonaws.com", "moto_api", "kms", "nothing.test", None],
)
def test_a_host_has_the_application_that_moto_gives_it(host: str | None) -> None:
    found = Dispatcher().get_backend_for_host(host)

    assert found == DomainDispatcherApplication(create_backend_app).get_backend_for_host(host)


def test_a_host_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher, asked = Dispatcher(), []

    def modules() -> list[str]:
        asked.append("moto's folder")
        return []

    monkeypatch.setattr(werkzeug_app.backends, "list_of_moto_modules", modules)
    found = {dispatcher.get_backend_for_host("sqs.us-east-1.amazonaws.com") for _ in range(3)}

    assert (found, asked) == ({"sqs"}, ["moto's folder"])


def test_a_service_that_moto_has_not_is_not_implemented() -> None:
    with pytest.raises(NotImplementedError, match="this whole service"):
        dispatching._backend_app(None)


def test_the_operations_of_a_service_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Service:
        def create_thing(self) -> None: ...

    monkeypatch.setattr(responses, "method_names_from_class", None)
    dispatching.install()
    first = responses.method_names_from_class(Service)

    assert first == ["create_thing"]
    assert responses.method_names_from_class(Service) is first
