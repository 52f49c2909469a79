"""Settings of serving, each by its variable: what is read, and what is refused."""

import pytest

from container.contract.errors import InputError
from container.serving.settings import Settings, read_settings

READ: list[tuple[str, str, str, object]] = [
    ("SAGEMAKER_BIND_TO_PORT", "0", "port", 0),
    ("SAGEMAKER_BIND_TO_PORT", "9000", "port", 9000),
    ("SAGEMAKER_BIND_TO_PORT", "", "port", 8080),
    ("SAGEMAKER_BIND_ADDRESS", "127.0.0.1", "address", "127.0.0.1"),
    ("SAGEMAKER_MODEL_SERVER_WORKERS", "1", "workers", 1),
    ("MAX_CONTENT_LENGTH", "1", "body_bytes", 1),
    ("MAX_RESPONSE_NUMBERS", "1", "response_numbers", 1),
    ("MAX_EXPLANATION_NUMBERS", "1", "explanation_numbers", 1),
    ("MAX_WAITING_REQUESTS", "1", "waiting_requests", 1),
    ("MAX_WAITING_BYTES", "0", "waiting_bytes", 0),
    ("REQUEST_TIMEOUT_SECONDS", "1", "request_seconds", 1),
    ("IDLE_TIMEOUT_SECONDS", "1", "idle_seconds", 1),
    # A body of that size may hold as many rows.
    ("MAX_CONTENT_LENGTH", "104857600", "response_numbers", 104_857_600),
    ("MAX_CONTENT_LENGTH", "1", "response_numbers", 10_000_000),
    ("SAGEMAKER_MODEL_SERVER_TIMEOUT", "1", "response_seconds", 1),
    ("METRICS_PORT", "0", "metrics_port", 0),
    ("METRICS_PORT", "9090", "metrics_port", 9090),
    ("METRICS_PORT", "", "metrics_port", None),
    ("SAGEMAKER_MULTI_MODEL", "true", "is_multi_model", True),
    ("SAGEMAKER_MULTI_MODEL", "", "is_multi_model", False),
    ("SAGEMAKER_MULTI_MODEL", "true", "default_accept", "application/json"),
    ("SAGEMAKER_BATCH", "true", "is_batch", True),
    ("SAGEMAKER_BATCH", "false", "is_batch", True),
    ("SAGEMAKER_BATCH", "", "is_batch", False),
    ("BUILTIN_ANSWERS", "true", "builtin_responses", True),
    ("BUILTIN_ANSWERS", "1", "builtin_responses", True),
    ("BUILTIN_ANSWERS", " YES ", "builtin_responses", True),
    ("BUILTIN_ANSWERS", "no", "builtin_responses", False),
    ("BUILTIN_ANSWERS", "0", "builtin_responses", False),
    ("BUILTIN_ANSWERS", "", "builtin_responses", False),
    ("SAGEMAKER_INFERENCE_OUTPUT", "Labels, probability", "selected", ("labels", "probability")),
    ("MODEL_CACHE_BYTES", "0", "model_cache_bytes", 0),
    ("MODEL_CACHE_BYTES", "", "model_cache_bytes", None),
    ("SAGEMAKER_INFERENCE_ENSEMBLE", "false", "combines_models", False),
    ("SAGEMAKER_INFERENCE_ENSEMBLE", "true", "combines_models", True),
    ("MODEL_SIGNATURE_SHA256", "0f" * 32, "registered_sha256", "0f" * 32),
    ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "", "default_accept", "text/csv"),
    *(
        ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", name, "default_accept", name)
        for name in (
            *("text/csv", "application/json", "application/jsonlines"),
            "application/x-recordio-protobuf",
        )
    ),
]


@pytest.mark.parametrize(("variable", "text", "setting", "value"), READ)
def test_a_variable_is_a_setting(variable: str, text: str, setting: str, value: object) -> None:
    assert getattr(read_settings({variable: text}), setting) == value


REFUSED = [
    ("SAGEMAKER_BIND_TO_PORT", "-1", "must be a whole number from 0 up"),
    ("SAGEMAKER_BIND_TO_PORT", "http", "must be a whole number from 0 up"),
    ("SAGEMAKER_BIND_TO_PORT", "٣", "must be a whole number from 0 up"),
    ("SAGEMAKER_MODEL_SERVER_WORKERS", "0", "must be a whole number from 1 up"),
    ("MAX_CONTENT_LENGTH", "0", "must be a whole number from 1 up"),
    ("MAX_RESPONSE_NUMBERS", "0", "must be a whole number from 1 up"),
    ("MAX_EXPLANATION_NUMBERS", "x", "must be a whole number from 1 up"),
    ("MAX_WAITING_REQUESTS", "0", "must be a whole number from 1 up"),
    ("REQUEST_TIMEOUT_SECONDS", "0", "must be a whole number from 1 up"),
    ("IDLE_TIMEOUT_SECONDS", "0", "must be a whole number from 1 up"),
    ("SAGEMAKER_MODEL_SERVER_TIMEOUT", "0", "must be a whole number from 1 up"),
    ("METRICS_PORT", "x", "must be a whole number from 0 up"),
    ("BUILTIN_ANSWERS", "perhaps", "must be true or false"),
    ("SAGEMAKER_INFERENCE_ENSEMBLE", "2", "must be true or false"),
    ("MODEL_SIGNATURE_SHA256", "0f" * 31, "must be a SHA-256 in 64 hexadecimal digits"),
    ("MODEL_SIGNATURE_SHA256", "0F" * 32, "must be a SHA-256 in 64 hexadecimal digits"),
    ("MODEL_SIGNATURE_SHA256", "", "must be a SHA-256 in 64 hexadecimal digits"),
    ("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/libsvm", "must be one of text/csv, appl"),
]


@pytest.mark.parametrize(("variable", "text", "complaint"), REFUSED)
def test_a_variable_that_is_wrong_is_named(variable: str, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_settings({variable: text})

    assert str(caught.value).startswith(f"{variable}: {complaint}")


def test_without_variables_the_built_ins_defaults_hold() -> None:
    found = read_settings({})

    assert (found.port, found.address, found.default_accept) == (8080, "", "text/csv")
    assert found.body_bytes == 6 * 2**20
    assert found.response_seconds == 55
    assert found.combines_models
    assert found == Settings(workers=found.workers)
    assert (found.selected, found.registered_sha256) == (None, None)


def test_one_process_holds_all_models_of_a_multi_model_endpoint() -> None:
    assert Settings(workers=3).processes == 3
    assert Settings(workers=3, is_multi_model=True).processes == 1
