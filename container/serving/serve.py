"""`serve`: one worker process per core, all listening on one port."""

import socket

from container.contract import model_files
from container.contract.errors import ExitCode, InputError
from container.contract.layout import Layout
from container.contract.log import log_event
from container.serving.heap import return_freed_memory_to_os
from container.serving.settings import read_settings
from container.serving.supervisor import Supervisor
from container.serving.telemetry import Telemetry
from container.serving.worker import WorkerContext, run_worker

_BACKLOG = 2048


def main(layout: Layout) -> int:
    """Serve the model in `layout.model`; return 0 after SIGTERM, otherwise log the error."""
    try:
        settings = read_settings()
        facts: dict[str, object] = {"workers": settings.processes}
        if not settings.is_multi_model:
            if settings.registered_sha256 is not None:
                model_files.require_registered(layout.model, "model", settings.registered_sha256)
            facts |= _described(layout)
        listener = _listen("SAGEMAKER_BIND_TO_PORT", settings.address, settings.port)
        metrics_listener = None
        if settings.metrics_port is not None:
            metrics_listener = _listen("METRICS_PORT", settings.address, settings.metrics_port)
    except InputError as error:
        log_event("failed", {"program": "serve", "error": str(error)})
        return ExitCode.BAD_INPUT
    if metrics_listener:
        facts["metrics_port"] = metrics_listener.getsockname()[1]
    log_event("listening", {"port": listener.getsockname()[1], **facts})
    return_freed_memory_to_os()
    telemetry = Telemetry(settings.processes)

    def work(lifeline: int) -> int:
        return run_worker(
            WorkerContext(settings, telemetry, layout, listener, metrics_listener, lifeline)
        )

    return Supervisor(work, telemetry).run(settings.processes)


def _described(layout: Layout) -> dict[str, object]:
    """Return facts about the model before it is loaded; raises InputError when there is none."""
    if (layout.model / model_files.SIGNATURE).is_file():
        return {"objective": model_files.verify(layout.model, "model")["objective"]}
    files = model_files.unsigned_models(layout.model, "model")
    return {"models_without_signature": [file.name for file in files]}


def _listen(variable: str, address: str, port: int) -> socket.socket:
    # SageMaker connects from outside: all addresses. On a laptop 127.0.0.1 may be enough.
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise InputError(
            f"{variable}: port {port} cannot be used ({error}); "
            "stop what uses it or choose another port"
        ) from error
    listener.listen(_BACKLOG)
    listener.set_inheritable(True)
    return listener
