"""Runs a command and turns every error into one line and an exit code."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence

import typer

from cli.aws import aws_errors
from cli.command_table import KIBAN
from cli.lazy_commands import root_group
from cli.system.project_paths import PROJECT, display_path
from cli.system.system_errors import explain_system_error
from cli.terminal import json_document
from cli.terminal.errors import Failure

WRONG_INPUT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 failed, 2 wrong input, 130 interrupted."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    with json_document.document_of(words) as document:
        code, message = _outcome(lambda: _run(words))
        _print_errors(message)
        if document is not None:
            failed, why = _outcome(lambda: document.finish(code, message))
            _print_errors(why)
            code = code or failed
    return code


def _run(words: Sequence[str]) -> int:
    # The group of all commands has no option of that name beside `--version`.
    given = ["--version"] if sorted(words) == ["--json", "--version"] else words
    code = root_group(KIBAN)(args=given, prog_name="kiban", standalone_mode=False)
    # A write error must be raised here: when Python exits it is too late for one line.
    sys.stdout.flush()
    return int(code or 0)


def _outcome(work: Callable[[], int | None]) -> tuple[int, str]:
    """Return the exit code of `work`, and one line for each thing that is wrong."""
    try:
        code = work() or 0
    except Failure as failure:
        return failure.exit_code, str(failure)
    except typer.TyperException as error:
        return error.exit_code, _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED, "interrupted"
    except BrokenPipeError:
        # The reader has closed the pipe, as `head` does.
        _discard_output()
        return 0, ""
    except Exception as error:
        _discard_output()
        if _is_wrong_input(error):
            return WRONG_INPUT, str(error)
        # Unexpected error: print one line, log the traceback.
        return 1, aws_errors.explain(error) or explain_system_error(error) or _unexpected(error)
    return code, "interrupted" if code == INTERRUPTED else ""


def _discard_output() -> None:
    """Redirect unwritable output to the null device, as Python flushes again when it exits."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_errors(text: str) -> None:
    if not text:
        return
    # A command that ends well without a table or a spinner never loads Rich.
    from cli.terminal.screen import err, escape

    for line in text.splitlines():
        err.print(f"[red]{escape(line)}[/]", soft_wrap=True)


def _usage(error: typer.TyperException) -> str:
    text = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "kiban"
    return f"{text}{'' if text.endswith('?') else ';'} see: ./{path} --help" if text else ""


def _is_wrong_input(error: Exception) -> bool:
    """Return whether a synthesis, a deployed template or a list of prices cannot be read."""
    # Only what went wrong is worth the time of these imports.
    from cfn.assembly import AssemblyError
    from reviewer.errors import ReviewError

    return isinstance(error, AssemblyError | ReviewError)


def _unexpected(error: Exception) -> str:
    log = PROJECT / ".cache" / "logs" / "kiban.log"
    trace = "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(trace, encoding="utf-8")
        where = display_path(log)
    except OSError:
        frame = traceback.extract_tb(error.__traceback__)[-1:]
        where = "".join(f"line {one.lineno} of {one.filename}" for one in frame)
    message = " ".join(str(error).split())
    return f"kiban: unexpected {type(error).__name__}: {message}; please report it with {where}"
