from dataclasses import replace
from pathlib import Path

import pytest

from conformance import Report
from conformance.checks import evaluation, interruption, training
from tests.conformance.faults import (
    NEEDS_NETWORK,
    PATIENT,
    Fault,
    examine,
    examine_all,
    names,
    require_failed,
)

pytestmark = pytest.mark.acceptance

OUTCOME = names(training.CHECKS)
INTERRUPTION = names(interruption.CHECKS)
EVALUATION = names(evaluation.CHECKS)

_SAVE = '(base / "model/model.json").write_text(json.dumps({"mean": mean, "digest": digest}))'
_FAIL = '(base / "output/failure").write_text(reason)'
_TERM = "signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))"
_EMPTY = "if not rows:"
_RESUME = "int(kept.read_text()) if kept.exists() else 0"


def train(right: str, wrong: str, *breaks: str) -> Fault:
    return Fault("bin/train", {right: wrong}, breaks, OUTCOME)


def interrupted(right: str, wrong: str, check: str, *among: str) -> Fault:
    return Fault("bin/train", {right: wrong}, [check], among or [check])


def entrypoint(right: str, wrong: str) -> Fault:
    return Fault("entrypoint", {right: wrong}, ["unknown-program-is-refused"], OUTCOME)


def evaluate(right: str, wrong: str, check: str) -> Fault:
    return Fault("bin/evaluate", {right: wrong}, [check], EVALUATION)


FAULTS = [
    train(_SAVE, 'sys.exit("out of memory")', "trains"),
    train(_SAVE, "pass", "trains"),
    train(
        _SAVE,
        f'{_SAVE}\n(base / "output/failure").write_text("done")',
        "success-says-no-failure",
    ),
    train(
        _SAVE,
        f'{_SAVE}\n(base / "input/data/train/cache").write_text("x")',
        "input-is-only-read",
    ),
    train(
        _EMPTY,
        f'(base / "input/data/train").exists() or sys.exit(0)\n{_EMPTY}',
        "missing-channel-fails",
    ),
    train(
        _EMPTY,
        f'rows = rows or [[0.0]] * (base / "input/data/train").exists()\n{_EMPTY}',
        "empty-channel-fails",
    ),
    train('if name not in ("rounds", "pause"):', "if False:", "unknown-hyperparameter-is-named"),
    train(
        'fail(f"hyperparameter {name} is unknown")',
        'fail("something is wrong")',
        "unknown-hyperparameter-is-named",
    ),
    train(_FAIL, "pass", "failure-is-explained"),
    train(_FAIL, '(base / "output/failure").write_text(" ")', "failure-is-explained"),
    train(_FAIL, _FAIL.replace("reason", '"x" * 2000 + reason'), "failure-is-readable"),
    train(_FAIL, _FAIL.replace("reason", '"Traceback " + reason'), "failure-is-readable"),
    train(
        _FAIL,
        '(base / "output/failure").write_bytes(reason.encode() + b"\\xff")',
        "failure-is-readable",
    ),
    train(
        _FAIL, f'{_FAIL}\n    (base / "model/partial").write_text("x")', "failure-leaves-no-model"
    ),
    train("str(mean).encode()", "os.urandom(8)", "same-training-same-model"),
    entrypoint("exit 64", "exit 0"),
    entrypoint("the program must be one of train, serve, evaluate; got $1", "no"),
    Fault(
        "bin/train",
        {_TERM: "signal.signal(signal.SIGTERM, signal.SIG_IGN)"},
        ["sigterm-ends-training"],
        terms=replace(PATIENT, train_stop_seconds=0.4),
    ),
    interrupted(_TERM, "", "sigterm-ends-training", *INTERRUPTION),
    interrupted("sys.exit(143)", "sys.exit(0)", "sigterm-ends-training"),
    interrupted("sys.exit(143)", "os.kill(os.getpid(), 9)", "sigterm-ends-training"),
    interrupted(_RESUME, "0", "killed-training-goes-on", *INTERRUPTION),
    interrupted(".rename(kept)", ".unlink()", "killed-training-goes-on"),
    interrupted(
        _RESUME,
        'kept.exists() and fail("there is a checkpoint") or 0',
        "killed-training-goes-on",
    ),
    interrupted(_EMPTY, f"{NEEDS_NETWORK}\n{_EMPTY}", "trains-without-network", *INTERRUPTION),
    evaluate("if not rows:", "rows and sys.exit(3)\nif not rows:", "evaluates"),
    evaluate("evaluation/evaluation.json", "evaluation/e.json", "evaluates"),
    evaluate('{"auc": 0.5}', "{}", "evaluates"),
    evaluate("json.dumps(report)", '"[]"', "evaluates"),
    evaluate("if not rows:", "if False:", "evaluation-without-rows-fails"),
    evaluate('.write_text("processing/test holds no rows")', "", "evaluation-without-rows-fails"),
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    return examine_all(tmp_path_factory.mktemp("faults"), FAULTS)


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=[str(fault) for fault in FAULTS])
def test_a_fault_fails_the_checks_that_look_for_it_and_no_others(
    reports: list[Report], number: int
) -> None:
    require_failed(reports[number], FAULTS[number])


def test_every_check_of_training_has_a_fault_that_fails_it() -> None:
    assert {name for fault in FAULTS for name in fault.breaks} == {
        *OUTCOME,
        *INTERRUPTION,
        *EVALUATION,
    }


def test_a_training_too_quick_to_be_interrupted_is_not_judged(tmp_path: Path) -> None:
    fault = Fault("conformance.toml", {'rounds = "10", pause = "0.02"': 'rounds = "1"'}, [])

    report = examine(tmp_path, fault, ["killed-training-goes-on"])

    (result,) = report.results
    assert result.outcome == "skipped"
    assert "slow_hyperparameters" in result.seen
