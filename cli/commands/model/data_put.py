"""`kiban data put`: uploads a file of rows as a data version, whose event starts a training."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from cli.data import column_file, data_versions, division, put_report, splitting
from cli.data.division import Division, SplitWishes
from cli.data.labels import Objective
from cli.data.reading import source
from cli.data.understanding import Understanding, understand_source
from cli.data.wishes import Wishes
from cli.environments.environment import Environment
from cli.environments.environment_loader import open_model
from cli.terminal import screen
from cli.terminal.errors import Interrupted
from cli.terminal.options import AsJson, Env, Model, UseSandbox

File = Annotated[
    Path,
    typer.Argument(metavar="FILE|-", help="CSV, also with ; or tabs, or Parquet; - reads CSV."),
]
Version = Annotated[
    str | None, typer.Option("--version", help="Name of the version; default: the time in UTC.")
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label", metavar="COLUMN", help="Column to predict: name or number; default: 1."
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="COLUMN", help="Leave this column out; may be repeated."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="COLUMN", help="Take this column though it looks like an id; repeatable."
    ),
]
Categorical = Annotated[
    list[str] | None,
    typer.Option(
        "--categorical",
        metavar="COLUMN",
        help="Take its values as categories, of the label as classes; repeatable.",
    ),
]
Dates = Annotated[
    Literal["drop", "split"] | None,
    typer.Option("--dates", help="Leave dates out, or split: year, month, day, weekday, hour."),
]
Missing = Annotated[
    list[str] | None,
    typer.Option("--missing", metavar="WORD", help="One more word for a missing value."),
]
Decimal = Annotated[
    str | None, typer.Option("--decimal", metavar=".|,", help="The decimal sign of numbers.")
]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="Whether the first line has names.")
]
SkipBad = Annotated[
    int,
    typer.Option(
        "--skip-bad", min=0, metavar="N", help="Leave out up to N rows that cannot be read."
    ),
]
Split = Annotated[str, typer.Option("--split", help="Shares of train, validation and test.")]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="COLUMN", help="Rows alike in this column stay together."),
]
Time = Annotated[
    str | None,
    typer.Option(
        "--time", metavar="COLUMN", help="Train on the oldest by this column, test the newest."
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed divides the same way.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what was understood; upload nothing.")
]

OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class _Target:
    """Where the rows go, and how they are divided."""

    env: Environment
    model: str
    version: str
    split: SplitWishes


def data_put(
    model: Model,
    file: File,
    version: Version = None,
    label: Label = None,
    drop: Drop = None,
    keep: Keep = None,
    categorical: Categorical = None,
    dates: Dates = None,
    missing: Missing = None,
    decimal: Decimal = None,
    header: Header = None,
    skip_bad: SkipBad = 0,
    split: Split = "0.8,0.1,0.1",
    group: Group = None,
    time: Time = None,
    seed: Seed = 0,
    dry_run: DryRun = False,
    env: Env = "dev",
    sandbox: UseSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Check a CSV file, split it, upload it; the marker comes last and starts a training."""
    name = data_versions.new_version_name() if version is None else version
    data_versions.check_version_name(name)
    divided = SplitWishes(splitting.parse_shares(split), seed, skip_bad)
    wishes = Wishes(
        label=label,
        drop=drop or (),
        keep=keep or (),
        categorical=categorical or (),
        group=group,
        time=time,
        dates=dates or "refuse",
        has_header=header,
        decimal=decimal,
        missing=missing or (),
    )
    target = _Target(open_model(env, model, sandbox=sandbox), model, name, divided)
    _put(target, file, wishes, is_dry=dry_run, as_json=as_json)


def _put(target: _Target, file: Path, wishes: Wishes, *, is_dry: bool, as_json: bool) -> None:
    env, model = target.env, target.model
    address = None
    with ExitStack() as files:
        with screen.spinner(f"opening {source.display_name(file)}"):
            opened = files.enter_context(source.open_source(file))
        with _progress("reading", opened.size) as on_bytes:
            found = understand_source(opened, wishes, _objective(env, model), on_bytes)
        if is_dry and not as_json:
            put_report.print_understanding(found)
        if not is_dry:
            data_versions.check_is_new(env, model, target.version)
        channels = splitting.CHANNELS
        sinks = [files.enter_context(source.temporary_file()) for _ in channels]
        passes = 2 if division.has_to_count(found) else 1
        with _progress("dividing", opened.size * passes) as on_bytes:
            done = division.divide_rows(
                found, file, target.split, None if is_dry else sinks, on_bytes
            )
        if not is_dry:
            address = _upload(target, found, dict(zip(channels, sinks, strict=True)))
    if as_json:
        facts = {"model": model, "version": target.version, "uri": address}
        screen.print_json({**facts, **put_report.put_document(found, done)})
    else:
        _print_result(target, found, done, address)


def _print_result(
    target: _Target, found: Understanding, done: Division, address: str | None
) -> None:
    env, model = target.env, target.model
    summary = ", ".join(f"{count} {channel}" for channel, count in done.rows.items())
    if address is None:
        screen.print_line(f"Nothing was uploaded; the rows would be {summary}")
    else:
        screen.print_line(
            f"[green]✓[/] data version [bold]{target.version}[/] of {model}: {summary}"
        )
    for note in put_report.notes_of(found, done):
        style = "yellow" if note.startswith("warning") else "dim"
        screen.print_line(f"[{style}]{screen.escape(note)}[/]")
    if address is None:
        return
    screen.print_line(f"[dim]{address}[/]")
    if env.config.models[model].training.triggers.on_data:
        screen.print_line(f"[dim]A training starts by itself: {env.command(f'runs {model}')}[/]")
    else:
        screen.print_line(f"[dim]Next: {env.command(f'train {model}')}[/]")


def _objective(env: Environment, model: str) -> Objective:
    given = env.config.models[model].training.hyperparameters
    classes = str(given.get("num_class", ""))
    return Objective(
        str(given.get("objective", "")),
        int(classes) if classes.isdecimal() else None,
        env.file,
        model,
        has_weights=str(given.get("csv_weights", 0)) == "1",
    )


def _upload(target: _Target, found: Understanding, parts: dict[str, BinaryIO]) -> str:
    """Upload a new version and return its S3 URI; an interruption removes it."""
    env, model, version = target.env, target.model, target.version
    files = {f"{channel}/rows.csv": part for channel, part in parts.items()}
    columns = column_file.column_document(found)
    if columns is not None:
        names = {f"{channel}/{column_file.COLUMN_FILE}" for channel in parts}
        files |= {name: io.BytesIO(columns) for name in sorted(names)}
    size = sum(part.tell() for part in parts.values())
    for part in parts.values():
        part.seek(0)
    try:
        with _progress("uploading", size) as on_bytes:
            return data_versions.upload_version(env, model, version, files, on_bytes)
    except KeyboardInterrupt:
        raise Interrupted(
            f"{model}: interrupted; data version {version!r} was not created"
        ) from None


@contextmanager
def _progress(text: str, size: int) -> Iterator[OnBytes]:
    """Show a bar on a terminal while the block runs; it advances by what `on_bytes` is told."""
    columns = TextColumn(f"[dim]{text}[/]"), BarColumn(), DownloadColumn()
    watched = screen.err.is_terminal
    with Progress(*columns, console=screen.err, transient=True, disable=not watched) as bar:
        task = bar.add_task("", total=size)
        yield lambda count: bar.advance(task, count)
