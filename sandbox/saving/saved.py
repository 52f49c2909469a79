"""A whole sandbox as one file: written while nothing runs, read into a sandbox that has nothing."""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import moto

from sandbox.sagemaker import capacity, capture, traffic
from sandbox.saving import archive, classes, endpoints, image_files, roots, running
from sandbox.saving.decoder import Decoder
from sandbox.saving.encoder import Encoder
from sandbox.saving.refused import FileRefused
from sandbox.state import clock, context

if TYPE_CHECKING:
    from sandbox.sagemaker.endpoints import Endpoint

FORMAT = 1
_TEXTS = {
    "kiban": re.compile(r"[0-9a-f-]{1,40}"),
    "moto": re.compile(r"[\w.+-]{1,40}"),
    "region": re.compile(r"[a-z]{2,4}(-[a-z]{2,20}){1,3}-\d"),
    "url": re.compile(r"http://127\.0\.0\.1:\d{1,5}"),
}


def version() -> str:
    """Return the version of the file: its format, and the list of what may be in it."""
    return f"{FORMAT}-{classes.version()}"


def settle() -> None:
    """Write what is counted and captured of requests; call it while requests are answered."""
    traffic.flush()
    capture.flush()


def save(file: IO[bytes]) -> dict[str, int]:
    """Write the whole sandbox to an open file; return the numbers of its objects and endpoints.

    SaveRefused, before the first byte, for what cannot be saved. The sandbox's own secret is not in
    it, nor are sessions of roles. Call it after `settle`, while no request is answered.
    """
    with clock.paused():
        traffic.flush()
        running.require_rest()
        encoder = Encoder()
        state = roots.encode(encoder)
        kept = endpoints.collect()
        state["endpoints"] = encoder.add(kept, "endpoints")
        state["objects"] = encoder.objects
        records = image_files.collect()
        writer = archive.Writer(file)
        writer.add(archive.STATE, io.BytesIO(json.dumps(state).encode()))
        for number, content in enumerate(encoder.buffers):
            writer.add(archive.object_name(number), content)
        image_files.write(writer)
        writer.close({**_facts(), "images": records})
    return {"objects": len(encoder.buffers), "endpoints": len(kept)}


def _facts() -> dict[str, Any]:
    here = context.current()
    limits = here.folder / capacity.FILE
    return {
        "kiban": version(),
        "moto": moto.__version__,
        "region": here.region,
        "url": here.url,
        "new_account": here.new_account,
        "clock": clock.moved_seconds(),
        "capacity": limits.read_text(encoding="utf-8") if limits.is_file() else None,
    }


@dataclass
class Saved:
    """A file that was checked, before a sandbox is started from it."""

    path: Path
    reader: archive.Reader

    @classmethod
    def open(cls, path: Path) -> Saved:
        """Open and check a file; FileRefused, with the file's name, for one that is not usable."""
        try:
            with contextlib.ExitStack() as opened:
                reader = archive.Reader(path)
                opened.callback(reader.close)
                _require_index(reader.index)
                opened.pop_all()
        except FileRefused as error:
            raise FileRefused(f"{path}: {error}") from None
        return cls(path, reader)

    @property
    def region(self) -> str:
        """The region of the sandbox that was saved."""
        return str(self.reader.index["region"])

    @property
    def new_account(self) -> bool:
        """Whether it had the quotas of a new account."""
        return bool(self.reader.index["new_account"])

    def put_back(self) -> list[Endpoint]:
        """Fill the sandbox of this process, which has nothing yet; return what is to be resumed.

        FileRefused, with the file's name, for what is not as it should be: then the sandbox is half
        filled, and must be stopped.
        """
        try:
            with clock.paused():
                return self._put_back()
        except FileRefused as error:
            raise FileRefused(f"{self.path}: {error}") from None
        finally:
            self.reader.close()

    def _put_back(self) -> list[Endpoint]:
        index = self.reader.index
        state = _read_state(self.reader)
        image_files.put_back(self.reader, index["images"])
        decoder = Decoder(state["objects"], _rewriter(index["url"]), self._buffer)
        decoder.make(roots.given(state))
        written = decoder.value(state["endpoints"])
        roots.put_back(state, decoder)
        found = endpoints.put_back(written)
        if index["capacity"] is not None:
            limits = context.current().folder / capacity.FILE
            limits.write_text(index["capacity"], encoding="utf-8")
        clock.move_by(index["clock"])
        return found

    def _buffer(self, number: int) -> Any:
        # Closed by the object of S3 that it belongs to.
        content = tempfile.SpooledTemporaryFile(16 * 1024 * 1024)  # noqa: SIM115
        for chunk in self.reader.chunks(archive.object_name(number)):
            content.write(chunk)
        return content


def _require_index(index: dict[str, Any]) -> None:
    for name, form in _TEXTS.items():
        if not isinstance(index.get(name), str) or not form.fullmatch(index[name]):
            raise FileRefused(f"it does not say what its {name} is")
    theirs = f"{index['kiban']} and moto {index['moto']}"
    ours = f"{version()} and moto {moto.__version__}"
    if theirs != ours:
        raise FileRefused(
            f"it was saved by Kiban's format {theirs}, this is {ours}; load it with the Kiban that "
            "saved it"
        )
    is_whole = (
        isinstance(index.get("new_account"), bool)
        and isinstance(index.get("clock"), int | float)
        and 0 <= index["clock"] < clock.LONGEST_SECONDS
        and _is_capacity(index.get("capacity", 0))
    )
    if not is_whole:
        raise FileRefused("what it says of itself is not as it should be")


def _is_capacity(text: Any) -> bool:
    try:
        return text is None or isinstance(json.loads(text), dict)
    except (ValueError, TypeError, RecursionError):
        return False


def _read_state(reader: archive.Reader) -> dict[str, Any]:
    try:
        state = json.loads(reader.read(archive.STATE))
        is_whole = (
            isinstance(state["objects"], list)
            and all(isinstance(one, list) and one for one in state["objects"])
            and all([str, str, str, int] == [type(x) for x in row] for row in state["backends"])
            and isinstance(state["stores"], dict)
            and "endpoints" in state
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        is_whole = False
    if not is_whole:
        raise FileRefused(f"its {archive.STATE} cannot be read")
    return dict(state)


def _rewriter(old: str) -> Callable[[str], str]:
    """Return what puts the address of this sandbox where that of the saved one is."""
    new = context.current().url
    return lambda text: text.replace(old, new) if old in text else text
