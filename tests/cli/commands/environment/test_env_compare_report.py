"""What `kiban env compare` prints of what the comparison's own process found, and how it ends."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.commands.environment import env_compare as command
from cli.terminal.errors import Failure, Interrupted, WrongInput


def place(resource: str, path: str = "Properties.Tags.0", **more: Any) -> dict[str, Any]:
    usual = {"stack": "Storage", "type": "AWS::S3::Bucket", "first": 1, "second": 2}
    return {**usual, "resource": resource, "path": path, "settings": ["a"], **more}


def setting(name: str, first: Any = 1, second: Any = 2) -> dict[str, Any]:
    return {"setting": name, "first": first, "second": second}


def found(
    settings: list[Any], differences: list[Any], unexplained: list[Any] | None = None
) -> dict[str, Any]:
    return {
        "settings": settings,
        "differences": differences,
        "unexplained": unexplained or [],
    }


def ends(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], **given: Any) -> int:
    monkeypatch.setattr(command, "read_config", lambda name: None)
    monkeypatch.setattr(command, "_compare", lambda first, second: answer)
    try:
        command.env_compare("dev", "prod", **given)
    except typer.Exit as end:
        return end.exit_code
    return 0


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line]


def test_each_setting_is_followed_by_what_it_causes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    differences = [
        place("Data"),
        place("Logs", "Properties.Name"),
        place("Data", "Properties.Tags.1"),
        place("Topic", "", type="AWS::SNS::Topic", first=None, settings=["b"]),
        place("Queue", "", type="AWS::SQS::Queue", second=None, settings=["b"], stack="Other"),
    ]
    settings = [setting("a", "x", [1]), setting("b"), setting("[c]", True, "y" * 61)]

    assert ends(monkeypatch, found(settings, differences)) == 0
    assert lines(capsys) == [
        "dev and prod 3 settings differ; 5 places in 2 stacks do",
        "a x → [1]",
        "Storage S3::Bucket x2 Tags, Name",
        "b 1 → 2",
        "Storage SNS::Topic only in the second",
        "Other SQS::Queue only in the first",
        f"[c] true → {'y' * 59}…",
        "no template differs for it",
        "✓ Settings explain every difference.",
    ]


def test_one_of_each_is_counted_in_good_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch, found([setting("a", "z" * 60)], [place("Data")])) == 0
    title, shown, caused, *_ = lines(capsys)
    assert title == "dev and prod 1 setting differs; 1 place in 1 stack does"
    assert shown == f"a {'z' * 60} → 2"
    assert caused == "Storage S3::Bucket Tags"


def test_what_no_setting_explains_is_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = found([], [], [place("Data"), place("Logs")])

    assert ends(monkeypatch, answer) == 1
    assert lines(capsys)[1:] == ["No setting explains 2 places:", "Storage S3::Bucket x2 Tags"]
    assert ends(monkeypatch, answer, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == answer


def test_an_environment_is_not_compared_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "read_config", lambda name: None)

    with pytest.raises(WrongInput, match=r"config/dev.toml: is one environment; name two"):
        command.env_compare("dev", "dev")


def compared(monkeypatch: pytest.MonkeyPatch, program: str) -> Any:
    """The result of a comparison whose process is this program."""
    run = command._run

    def start(words: list[str], out: Path, errors: Path) -> int:
        assert words[1:] == ["-O", "-m", "compare", "dev", "prod"]
        return run([sys.executable, "-c", program], out, errors)

    monkeypatch.setattr(command, "_run", start)
    return command._compare("dev", "prod")


@pytest.mark.parametrize("code", [0, 1])
def test_what_the_process_prints_is_the_result_whether_or_not_all_is_explained(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    assert compared(monkeypatch, f"print('{{}}'); raise SystemExit({code})") == {}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('{}'); import sys; sys.stderr.write('first\\nlast\\n'); sys.exit(2)", "last"),
        ("print('{}'); raise SystemExit(2)", "it ended without a message"),
        ("raise SystemExit(0)", "it ended without a message"),
        ("raise SystemExit('why')", "why"),
    ],
)
def test_a_process_that_fails_or_says_nothing_is_an_error_with_its_last_line(
    monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    with pytest.raises(Failure, match=f"dev, prod: cannot be synthesised: {reason}; see: cdk"):
        compared(monkeypatch, program)


def test_a_comparison_is_in_a_session_of_its_own_and_ended_as_one(tmp_path: Path) -> None:
    program = "import os; print(os.getsid(0) == os.getpid(), os.environ['TMPDIR'])"
    out = tmp_path / "out"

    assert command._run([sys.executable, "-c", program], out, tmp_path / "errors") == 0
    assert out.read_text().split() == ["True", str(tmp_path)]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, "--max-semi-space-size=32"),
        ("--max-old-space-size=900", "--max-old-space-size=900 --max-semi-space-size=32"),
    ],
)
def test_options_of_node_are_kept_beside_those_of_a_comparison(
    own: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NODE_OPTIONS", raising=False)
    if own is not None:
        monkeypatch.setenv("NODE_OPTIONS", own)

    assert command._node_options() == expected


def test_an_interrupted_comparison_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_run", interrupted)

    with pytest.raises(Interrupted, match="dev, prod: interrupted; nothing was left running"):
        command._compare("dev", "prod")
