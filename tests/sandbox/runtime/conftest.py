"""A sandbox with only the half that runs: moto's server, our hooks, an image that is built once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from sandbox.server import dispatching, runtime
from sandbox.server.dispatching import Dispatcher
from sandbox.state import context
from tests.sandbox.runtime.cloud import Cloud, here


@pytest.fixture(scope="package")
def empty_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A running sandbox without an image."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("sandbox")
    server = make_server(
        "127.0.0.1",
        0,
        Dispatcher(),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIBAN_CACHE", str(folder / "cache"))
        context.set_current(here(url, folder))
        runtime.install()
        dispatching.install()
        BackendDict.reset()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Cloud(url, folder)
        runtime.stop()
        server.shutdown()
        server.server_close()
        BackendDict.reset()
        context.set_current(None)


@pytest.fixture(scope="package")
def cloud(empty_cloud: Cloud) -> Cloud:
    """A running sandbox whose throw-away image is built."""
    empty_cloud.built()
    return empty_cloud
