"""One service of AWS that gives the answers of a test, and an environment that has no other."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


def refused(code: str, message: str = "no", operation: str = "Look") -> ClientError:
    """Make the error of a call that AWS refuses with this code."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Service:
    """Answers each operation with the next of its answers, the last one for ever."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, **answers: list[Any]) -> None:
        self.answers, self.given = answers, list[dict[str, Any]]()

    def __getattr__(self, operation: str) -> Any:
        def call(**given: Any) -> Any:
            self.given.append(given)
            answers = self.answers[operation]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        """One page, which is the next answer."""

        def paginate(**given: Any) -> Iterator[Any]:
            yield getattr(self, operation)(**given)

        return SimpleNamespace(paginate=paginate)


def environment(service: Service, **more: Any) -> Any:
    """An environment in which every service is this one, and every output is `machine`."""
    usual: dict[str, Any] = {
        "aws": lambda name: service,
        "output": lambda stack, name: "machine",
        "poll_seconds": 0.5,
        "command": lambda words: f"./kiban {words}",
    }
    return SimpleNamespace(**usual | more)
