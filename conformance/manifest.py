"""`conformance.toml`: what the suite cannot guess about a container, and what it opts out of."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.errors import TargetError
from conformance.harness import rows

NAME = "conformance.toml"
_REQUESTS = 8


@dataclass(frozen=True)
class Training:
    """How a small training of this container is described.

    `slow_hyperparameters` are laid over the others where a training has to last a few seconds.
    `data` is a folder with a folder per channel that takes the place of the suite's own rows.
    """

    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    slow_hyperparameters: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/csv"
    data: Path | None = None


@dataclass(frozen=True)
class Serving:
    """How this container is asked; `model` is a folder to serve where nothing can be trained."""

    content_type: str = "text/csv"
    accept: str = "text/csv"
    requests: tuple[str, ...] = tuple(rows.requests(_REQUESTS))
    model: Path | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything a container's folder says about itself.

    `environment` is what its Dockerfile sets; `entrypoint`, if it has one, is a command that takes
    `train` or `serve` as its argument; `skip` gives a reason for each check it opts out of.
    """

    training: Training = field(default_factory=Training)
    serving: Serving = field(default_factory=Serving)
    environment: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    skip: Mapping[str, str] = field(default_factory=dict)


def read_manifest(path: Path, checks: Collection[str]) -> Manifest:
    """The manifest at `path`, or the defaults without one; raises TargetError for a mistake."""
    if not path.exists():
        return Manifest()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TargetError(f"{NAME}: not readable as TOML ({error}); correct it") from error
    top = _Table("", document, ("training", "serving", "environment", "entrypoint", "skip"))
    folder = path.resolve().parent
    skip = top.texts("skip")
    for name in skip:
        _require_known(f"[skip] {name}", name, checks, "check")
    return Manifest(
        _training(top.table("training", tuple(Training.__annotations__)), folder),
        _serving(top.table("serving", tuple(Serving.__annotations__)), folder),
        top.texts("environment"),
        top.list("entrypoint"),
        skip,
    )


def _training(table: "_Table", folder: Path) -> Training:
    default = Training()
    return Training(
        table.texts("hyperparameters"),
        table.texts("slow_hyperparameters"),
        table.text("content_type", default.content_type),
        table.folder("data", folder),
    )


def _serving(table: "_Table", folder: Path) -> Serving:
    default = Serving()
    return Serving(
        table.text("content_type", default.content_type),
        table.text("accept", default.accept),
        table.list("requests") or default.requests,
        table.folder("model", folder),
    )


class _Table:
    """One table of the file: values by name, each of the type that is asked for."""

    def __init__(self, name: str, content: object, known: Collection[str] | None) -> None:
        if not isinstance(content, dict):
            raise TargetError(f"{NAME}: {name} must be a table; got {content!r}; write [{name}]")
        self._prefix = f"[{name}] " if name else ""
        self._content: dict[str, Any] = content
        for key in content if known is not None else ():
            _require_known(f"{self._prefix}{key}", key, known or (), "setting")

    def table(self, key: str, known: Collection[str]) -> "_Table":
        return _Table(key, self._content.get(key, {}), known)

    def text(self, key: str, default: str) -> str:
        value = self._content.get(key, default)
        if not isinstance(value, str) or not value:
            raise self._wrong(key, "a text", value)
        return value

    def texts(self, key: str) -> dict[str, str]:
        value = self._content.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table of texts", value)
        for name, text in value.items():
            if not isinstance(text, str) or not text.strip():
                raise self._wrong(f"{key}.{name}", "a text, as SageMaker sends it", text)
        return value

    def list(self, key: str) -> tuple[str, ...]:
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of texts", value)
        return tuple(value)

    def folder(self, key: str, beside: Path) -> Path | None:
        if key not in self._content:
            return None
        path = beside / self.text(key, "")
        if not path.is_dir():
            raise self._wrong(key, "a folder beside this file", self._content[key])
        return path

    def _wrong(self, key: str, demand: str, value: object) -> TargetError:
        return TargetError(f"{NAME}: {self._prefix}{key} must be {demand}; got {value!r}")


def _require_known(where: str, name: str, known: Collection[str], kind: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    advice = f"did you mean {near[0]}?" if near else f"the first of all is {next(iter(known))}"
    raise TargetError(f"{NAME}: {where} is no {kind}; {advice}")
