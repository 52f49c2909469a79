"""Coverage-guided fuzzing of every parser: `python -m tests.container.formats.fuzz_formats 60`.

Each format runs in a process of its own, beginning with the bodies in `hostile.py`. What breaks a
promise is kept in .cache/fuzz, and its bytes are printed.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

CORPUS = Path(".cache/fuzz")
_LONGEST = 4096
_MEGABYTES = 2048
_SECONDS = 10


def main(arguments: list[str]) -> int:
    """Fuzz all targets for a number of seconds, or one target with libFuzzer's own arguments."""
    if len(arguments) == 1:
        failed = [name for name in _names() if not _run(name, int(arguments[0]))]
        sys.stderr.write(f"fuzz: {', '.join(failed) or 'nothing'} failed\n")
        return 1 if failed else 0
    _fuzz(arguments[0], arguments[1:])
    return 0


def _names() -> list[str]:
    from tests.container.support.hostile import CHANNELS, SEEDS

    return [f"request {name}" for name in SEEDS] + [f"channel {name}" for name in CHANNELS]


def _run(name: str, seconds: int) -> bool:
    """Whether a process that fuzzes one target ends well."""
    from tests.container.support.hostile import SEEDS

    folder = CORPUS / name.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name.partition(" ")[2]]):
        (folder / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_SECONDS}"]
    limits += [f"-rss_limit_mb={_MEGABYTES}", f"-artifact_prefix={folder}/broken-", "-verbosity=0"]
    sys.stderr.write(f"fuzz: {name}\n")
    command = [sys.executable, "-m", "tests.container.formats.fuzz_formats", name]
    return subprocess.run([*command, *limits, folder], check=False).returncode == 0


def _fuzz(name: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(
        include=["container.channel", "container.formats", "container.request"]
    ):
        # Those that come in late must be here early to be followed, too.
        from container.channel import reading  # noqa: F401
        from container.request import (  # noqa: F401
            libsvm_request,
            npy_request,
            parquet_request,
            recordio_request,
        )
        from tests.container.support import hostile
    kind, _, content_type = name.partition(" ")
    with tempfile.TemporaryDirectory() as folder:

        def request(body: bytes) -> None:
            hostile.check_request(content_type, body)

        def files(content: bytes) -> None:
            hostile.check_channel(content_type, content, Path(folder))

        target: Callable[[bytes], None] = request if kind == "request" else files
        atheris.Setup([sys.argv[0], *arguments], target)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
