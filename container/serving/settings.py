"""Settings of serving from environment variables: the built-in's by name, and a few more."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from container.contract.errors import InputError
from container.formats.media import WRITABLE
from container.response.selectable_inference import selected_keys

_TRUE, _FALSE = ("1", "true", "yes"), ("", "0", "false", "no")
# SageMaker's timeout for a response is 60 s.
_ANSWER_SECONDS = 55
# As text a number of an explanation takes about 50 bytes, and a score about 20.
_RESPONSE_NUMBERS, _EXPLANATION_NUMBERS = 10_000_000, 500_000
# In one worker, of requests that wait or are worked on.
_WAITING_REQUESTS, _WAITING_BYTES = 256, 128 * 1024 * 1024
# How long a connection may be quiet, in a request and between two.
_REQUEST_SECONDS, _IDLE_SECONDS = 30, 75


@dataclass(frozen=True)
class Settings:
    """Validated settings; `metrics_port` None: no metrics endpoint.

    `registered_sha256` None: the version was registered without a digest.
    """

    port: int = 8080
    address: str = ""
    workers: int = 1
    body_bytes: int = 6 * 1024 * 1024
    response_numbers: int = _RESPONSE_NUMBERS
    explanation_numbers: int = _EXPLANATION_NUMBERS
    waiting_requests: int = _WAITING_REQUESTS
    waiting_bytes: int = _WAITING_BYTES
    request_seconds: int = _REQUEST_SECONDS
    idle_seconds: int = _IDLE_SECONDS
    default_accept: str = "text/csv"
    response_seconds: float = _ANSWER_SECONDS
    metrics_port: int | None = None
    is_multi_model: bool = False
    is_batch: bool = False
    builtin_responses: bool = False
    selected: tuple[str, ...] | None = None
    combines_models: bool = True
    model_cache_bytes: int | None = None
    registered_sha256: str | None = None

    @property
    def processes(self) -> int:
        """How many workers there are: one holds all models of a multi-model endpoint."""
        return 1 if self.is_multi_model else self.workers


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check; raises InputError for the first variable that is wrong."""
    read = _EnvironmentReader(environment)
    is_multi_model = bool(environment.get("SAGEMAKER_MULTI_MODEL"))
    selected = environment.get("SAGEMAKER_INFERENCE_OUTPUT")
    body_bytes = read.whole("MAX_CONTENT_LENGTH", 6 * 1024 * 1024, 1)
    return Settings(
        port=read.whole("SAGEMAKER_BIND_TO_PORT", 8080, 0),
        address=environment.get("SAGEMAKER_BIND_ADDRESS", ""),
        workers=read.whole("SAGEMAKER_MODEL_SERVER_WORKERS", _cores(), 1),
        body_bytes=body_bytes,
        # A row has a byte at least, so no body is too long for a response of a number per row.
        response_numbers=read.whole("MAX_RESPONSE_NUMBERS", max(_RESPONSE_NUMBERS, body_bytes), 1),
        waiting_requests=read.whole("MAX_WAITING_REQUESTS", _WAITING_REQUESTS, 1),
        waiting_bytes=read.whole("MAX_WAITING_BYTES", _WAITING_BYTES, 0),
        request_seconds=read.whole("REQUEST_TIMEOUT_SECONDS", _REQUEST_SECONDS, 1),
        idle_seconds=read.whole("IDLE_TIMEOUT_SECONDS", _IDLE_SECONDS, 1),
        explanation_numbers=read.whole("MAX_EXPLANATION_NUMBERS", _EXPLANATION_NUMBERS, 1),
        default_accept=read.choice(
            "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
            "application/json" if is_multi_model else "text/csv",
            WRITABLE,
        ),
        response_seconds=read.whole("SAGEMAKER_MODEL_SERVER_TIMEOUT", _ANSWER_SECONDS, 1),
        metrics_port=read.optional("METRICS_PORT"),
        is_multi_model=is_multi_model,
        # As in the built-in, any text means yes.
        is_batch=bool(environment.get("SAGEMAKER_BATCH")),
        builtin_responses=read.switch("BUILTIN_ANSWERS", "false"),
        selected=None if selected is None else selected_keys(selected),
        model_cache_bytes=read.optional("MODEL_CACHE_BYTES"),
        combines_models=read.switch("SAGEMAKER_INFERENCE_ENSEMBLE", "true"),
        registered_sha256=read.digest("MODEL_SIGNATURE_SHA256"),
    )


@dataclass(frozen=True)
class _EnvironmentReader:
    environment: Mapping[str, str]

    def whole(self, name: str, default: int, least: int) -> int:
        text = self.environment.get(name) or str(default)
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise InputError(
                f"{name}: must be a whole number from {least} up; got {text!r}; correct it"
            )
        return int(text)

    def optional(self, name: str) -> int | None:
        return self.whole(name, 0, 0) if self.environment.get(name) else None

    def digest(self, name: str) -> str | None:
        text = self.environment.get(name)
        if text is not None and not re.fullmatch("[0-9a-f]{64}", text):
            raise InputError(
                f"{name}: must be a SHA-256 in 64 hexadecimal digits; got {text!r}; correct it"
            )
        return text

    def choice(self, name: str, default: str, words: tuple[str, ...]) -> str:
        text = self.environment.get(name) or default
        if text not in words:
            raise InputError(f"{name}: must be one of {', '.join(words)}; got {text!r}; remove it")
        return text

    def switch(self, name: str, default: str) -> bool:
        text = self.environment.get(name, default).strip().lower()
        if text not in (*_TRUE, *_FALSE):
            raise InputError(f"{name}: must be true or false; got {text!r}; correct it")
        return text in _TRUE


def _cores() -> int:
    # Not every laptop's system knows which cores a process may use.
    affinity = getattr(os, "sched_getaffinity", None)
    return max(len(affinity(0)) if affinity else os.cpu_count() or 1, 1)
