from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

_SERVICE = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service"
_HOOKS = [
    ("moto.events.models", "def send_to_targets"),
    ("moto.s3.notifications", "def _send_event_bridge_message"),
    ("moto.cloudwatch.models", "def set_alarm_state"),
    ("moto.moto_server.werkzeug_app", "def __call__"),
    ("moto.sagemaker.urls", "url_paths = "),
    ("moto.codebuild.urls", "url_paths = "),
    ("moto.servicequotas.urls", "url_paths = "),
    ("moto.stepfunctions.urls", "url_paths = "),
    ("moto.stepfunctions.models", "stepfunctions_backends = BackendDict"),
    ("moto.stepfunctions.parser.models", "import Execution"),
    ("moto.stepfunctions.parser.backend.execution", "def _get_start_execution_worker_comm"),
    ("moto.stepfunctions.parser.backend.execution", "def get_start_execution_details"),
    ("moto.stepfunctions.parser.backend.execution_worker", "def _get_evaluation_environment"),
    ("moto.stepfunctions.parser.asl.utils.boto_client", "def boto_client_for"),
    ("moto.stepfunctions.parser.asl.utils.json_path", "def extract_json"),
    ("moto.stepfunctions.parser.asl.jsonata.jsonata", "def eval_jsonata_expression"),
    ("moto.stepfunctions.parser.asl.jsonata.jsonata", "def encode_jsonata_variable_declarations"),
    (
        "moto.stepfunctions.parser.asl.component.intrinsic.jsonata",
        "_DECLARATION_BY_VARIABLE_REFERENCE",
    ),
    (
        "moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function",
        "def _wait_interval",
    ),
    (
        "moto.stepfunctions.parser.asl.component.common.retry.retrier_decl",
        "time.sleep(interval_seconds)",
    ),
    (f"{_SERVICE}.state_task_service", "def _normalise_parameters"),
    (f"{_SERVICE}.state_task_service", "def _normalise_response"),
    (f"{_SERVICE}.state_task_service", "_SERVICE_NAME_SFN_TO_BOTO_OVERRIDES"),
    (f"{_SERVICE}.state_task_service_aws_sdk", "_SERVICE_ERROR_NAMES = "),
    (f"{_SERVICE}.state_task_service_callback", "_DELAY_SECONDS_SYNC_CONDITION_CHECK"),
    (f"{_SERVICE}.state_task_service_callback", "def _eval_sync"),
    (f"{_SERVICE}.state_task_service_callback", "def _build_sync_resolver"),
    (f"{_SERVICE}.state_task_service_factory", "return StateTaskServiceUnsupported()"),
    (f"{_SERVICE}.state_task_service_unsupported", "_SUPPORTED_INTEGRATION_PATTERNS"),
]


@pytest.mark.parametrize(("module", "hook"), _HOOKS)
def test_moto_still_has_what_the_sandbox_replaces(module: str, hook: str) -> None:
    """Replacing a name that moto no longer has would silently replace nothing."""
    spec = importlib.util.find_spec(module)

    assert spec is not None and spec.origin is not None
    assert hook in Path(spec.origin).read_text(), f"{module} has no {hook!r}; look at the new moto"


def test_motos_version_is_pinned_to_the_one_that_was_read() -> None:
    requirements = (Path(__file__).parents[3] / "requirements.txt").read_text()

    assert re.search(r"^moto\[server\]==[\d.]+\s", requirements, re.MULTILINE)
