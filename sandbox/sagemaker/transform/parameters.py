"""Batch strategy, payload and concurrency of a job, from the request, the container or defaults.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html has the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.state.stores import Document

DEFAULT_PAYLOAD_MB = 6
_MEGABYTE = 1024 * 1024
_STRATEGIES = {"SingleRecord": "SINGLE_RECORD", "MultiRecord": "MULTI_RECORD"}
_DEFAULT_TIMEOUT_SECONDS, _DEFAULT_RETRIES = 600, 3


@dataclass(frozen=True)
class Parameters:
    """What a job does; 0 as `payload_mb` streams each request in chunks, without a limit."""

    concurrency: int
    payload_mb: int
    strategy: str

    @property
    def single(self) -> bool:
        """Whether each request has one record."""
        return self.strategy == "SINGLE_RECORD"

    @property
    def payload_bytes(self) -> int | None:
        """The largest request; None without a limit."""
        return self.payload_mb * _MEGABYTE or None

    @property
    def shown(self) -> str:
        """The first line of the data log."""
        return (
            f"MaxConcurrentTransforms={self.concurrency}, MaxPayloadInMB={self.payload_mb}, "
            f"BatchStrategy={self.strategy}"
        )


def choose(request: Document, from_container: Document) -> Parameters:
    """Return the request's value, else the container's, else the default of each parameter."""
    payload = request.get("MaxPayloadInMB")
    if payload is None:
        payload = _whole(from_container.get("MaxPayloadInMB"))
    strategy = _STRATEGIES.get(str(request.get("BatchStrategy")))
    offered = str(from_container.get("BatchStrategy"))
    return Parameters(
        # 0 in a request means unset.
        request.get("MaxConcurrentTransforms")
        or _whole(from_container.get("MaxConcurrentTransforms"))
        or 1,
        DEFAULT_PAYLOAD_MB if payload is None else payload,
        strategy or (offered if offered in _STRATEGIES.values() else "MULTI_RECORD"),
    )


def _whole(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def environment(request: Document) -> dict[str, str]:
    """Return the variables that batch transform sets; those of a parameter only if it was given."""
    given = {
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": request.get("MaxPayloadInMB"),
        "SAGEMAKER_BATCH_STRATEGY": _STRATEGIES.get(str(request.get("BatchStrategy"))),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": request.get("MaxConcurrentTransforms") or None,
    }
    set_ones = {name: str(value) for name, value in given.items() if value is not None}
    return {"SAGEMAKER_BATCH": "true", **set_ones}


@dataclass(frozen=True)
class ClientConfig:
    """How long a request may take, and how often one without a good response is repeated."""

    timeout_seconds: float
    retries: int


def client_config(request: Document) -> ClientConfig:
    """Return ModelClientConfig with its defaults, which botocore's model names."""
    given = request.get("ModelClientConfig") or {}
    return ClientConfig(
        float(given.get("InvocationsTimeoutInSeconds", _DEFAULT_TIMEOUT_SECONDS)),
        int(given.get("InvocationsMaxRetries", _DEFAULT_RETRIES)),
    )
