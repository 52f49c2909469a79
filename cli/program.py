"""Registers the commands, and makes sure that whatever goes wrong ends in one line."""

import contextlib
import errno
import os
import sys
import traceback
from pathlib import Path

import typer

from cli import awserrors
from cli.commands.approve import approve
from cli.commands.container_new import container_new
from cli.commands.container_test import container_test
from cli.commands.data_list import data_list
from cli.commands.data_put import data_put
from cli.commands.demo import demo
from cli.commands.deploy import deploy
from cli.commands.destroy import destroy
from cli.commands.doctor import doctor
from cli.commands.down import down
from cli.commands.env_compare import env_compare
from cli.commands.env_new import env_new
from cli.commands.logs import logs
from cli.commands.models import models
from cli.commands.predict import predict
from cli.commands.prices_refresh import prices_refresh
from cli.commands.promote import promote
from cli.commands.reject import reject
from cli.commands.review import review
from cli.commands.runs import runs
from cli.commands.status import status
from cli.commands.train import train
from cli.commands.up import up
from cli.errors import Failure
from cli.places import PROJECT, shown
from cli.screen import err, plain

INTERRUPTED = 130
_ELSEWHERE = "make it writable, or name another folder for the sandbox with KIBAN_SANDBOX"
_ADVICE = {
    errno.ENOSPC: "free some space and try again",
    errno.EDQUOT: "free some space and try again",
    errno.EROFS: _ELSEWHERE,
    errno.EACCES: _ELSEWHERE,
    errno.EPERM: _ELSEWHERE,
    errno.ENOTDIR: _ELSEWHERE,
    errno.EEXIST: _ELSEWHERE,
}

_EXAMPLES = {
    "demo": "demo --keep",
    "up": "up --port 4600",
    "down": "down",
    "doctor": "doctor --env prod",
    "deploy": "deploy --env dev --sandbox",
    "status": "status --sandbox",
    "destroy": "destroy --env dev",
    "review": "review --base main",
    "prices refresh": "prices refresh --env dev",
    "train": "train churn --wait --sandbox",
    "runs": "runs churn --limit 3 --sandbox",
    "logs": "logs churn --follow --sandbox",
    "models": "models churn --sandbox",
    "approve": "approve churn 1 --wait --sandbox",
    "reject": 'reject churn 1 --reason "too many false alarms" --sandbox',
    "promote": "promote churn --from staging --to prod",
    "predict": "predict churn rows.csv --sandbox",
    "data put": "data put churn my.csv --label churned --sandbox",
    "data list": "data list churn --sandbox",
    "env new": "env new staging --from dev --region eu-west-1",
    "env compare": "env compare dev prod",
    "container test": "container test container",
    "container new": "container new my-model --into containers",
}
_PANELS = {
    "Try it on this machine": (demo, up, down),
    "Environments": (doctor, review, deploy, status, destroy),
    "Models": (train, runs, logs, models, approve, reject, promote, predict),
}


def _example(command: str) -> str:
    return f"Example: ./kiban {_EXAMPLES[command]}"


app = typer.Typer(
    name="kiban",
    help="An Amazon SageMaker platform: train, gate, approve, serve.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="Training data: put a CSV file, list versions.", no_args_is_help=True)
data.command("put", epilog=_example("data put"))(data_put)
data.command("list", epilog=_example("data list"))(data_list)
prices = typer.Typer(help="List prices: read them from AWS.", no_args_is_help=True)
prices.command("refresh", epilog=_example("prices refresh"))(prices_refresh)
env = typer.Typer(help="Environment files: write one, compare two.", no_args_is_help=True)
env.command("new", epilog=_example("env new"))(env_new)
env.command("compare", epilog=_example("env compare"))(env_compare)
container = typer.Typer(
    help="Containers: test whether one keeps SageMaker's contract, begin one.",
    no_args_is_help=True,
)
container.command("test", epilog=_example("container test"))(container_test)
container.command("new", epilog=_example("container new"))(container_new)
for panel, commands in _PANELS.items():
    for command in commands:
        name = command.__name__
        app.command(name, rich_help_panel=panel, epilog=_example(name))(command)
app.add_typer(data, name="data", rich_help_panel="Models")
app.add_typer(prices, name="prices", rich_help_panel="Environments")
app.add_typer(env, name="env", rich_help_panel="Environments")
app.add_typer(container, name="container", rich_help_panel="Models")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 failed, 2 wrong input, 130 interrupted."""
    try:
        code = app(args=arguments, prog_name="kiban", standalone_mode=False)
        # What cannot be written has to be said here; when Python exits it is too late for a line.
        sys.stdout.flush()
    except Failure as failure:
        return _complain(str(failure), failure.exit_code)
    except typer.TyperException as error:
        return _complain(_usage(error), error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _drop_unwritten()
        return 0
    except Exception as error:
        _drop_unwritten()
        # The last door: a person gets one line, the traceback goes where it can be read.
        return _complain(awserrors.explain(error) or _system(error) or _unexpected(error), 1)
    if code == INTERRUPTED:
        return _complain("interrupted", INTERRUPTED)
    return int(code or 0)


def _drop_unwritten() -> None:
    """Keep Python from trying, and complaining, once more when it exits."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str, code: int) -> int:
    for line in text.splitlines():
        err.print(f"[red]{plain(line)}[/]", soft_wrap=True)
    return code


def _usage(error: typer.TyperException) -> str:
    text = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "kiban"
    return f"{text}{'' if text.endswith('?') else ';'} see: ./{path} --help" if text else ""


def _system(error: Exception) -> str | None:
    if not isinstance(error, OSError) or error.errno not in _ADVICE:
        return None
    # A failed write to an open file does not say which file it was.
    where = f"{shown(Path(os.fsdecode(error.filename)))}: " if error.filename else ""
    return f"{where or 'this machine: '}{str(error.strerror).lower()}; {_ADVICE[error.errno]}"


def _unexpected(error: Exception) -> str:
    log = PROJECT / ".cache" / "logs" / "kiban.log"
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    words = " ".join(str(error).split())
    return f"kiban: unexpected {type(error).__name__}: {words}; please report it with {shown(log)}"
