"""The data log of an instance: the parameters of a job, and what went wrong with which object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.state.stores import now

if TYPE_CHECKING:
    from sandbox.programs.log_streams import LogStream

_MESSAGE_LINES = 100


class ObjectFailed(Exception):
    """An input object without an output; `side` is ClientError or AlgorithmError.

    `headline` and `message` are written to the data log.
    """

    def __init__(self, side: str, headline: str, message: str | None = None) -> None:
        super().__init__(headline)
        self.side, self.headline, self.message = side, headline, message


class DataLog:
    """Lines as SageMaker writes them: aws/amazon-sagemaker-examples#1620 shows some."""

    def __init__(self, stream: LogStream) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Add one line."""
        moment = f"{now():%Y-%m-%dT%H:%M:%S.%f}"[:-3]
        self._stream.write(f"{moment}:[sagemaker logs]: {text}")
        self._stream.flush()

    def write_failure(self, shown: str, failure: ObjectFailed) -> None:
        """Add why the object `shown` has no output."""
        self.write(f"{shown}: {failure.headline}")
        if failure.message is not None:
            lines = failure.message.splitlines()[:_MESSAGE_LINES]
            for line in ("", "Message:", *lines):
                self.write(f"{shown}: {line}")
