"""In which cases `kiban promote` copies, approves and waits."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.model import promote as command
from cli.models import model_versions, promoted_columns, promoted_documents, promotion
from cli.models import promotion_source as sources
from cli.models.model_versions import ModelVersion
from cli.terminal.errors import Interrupted, WrongInput
from tests.cli.documents import require_documented
from tests.templates.environments import make_environment

CONFIG = make_environment()
ORIGIN = SimpleNamespace(name="staging", config=SimpleNamespace(stage="kiban-staging"))


def version(number: int, status: str, comment: str = "") -> ModelVersion:
    return ModelVersion(f"arn:g/{number}", status, datetime.now(UTC), comment, {})


class Promotion:
    """The parts of a promotion, each of which notes that it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Any] = []
        self.there: ModelVersion | None = None
        self.newer: ModelVersion | None = None
        self.change = ""
        self.interrupted = False
        metrics = {CONFIG.models["churn"].gate.metric: 0.9}
        candidate = SimpleNamespace(
            number=3, digest="sha256:1", version=SimpleNamespace(metrics=metrics)
        )
        sts = SimpleNamespace(get_caller_identity=lambda: {"Arn": "arn:me"})
        target = SimpleNamespace(
            config=CONFIG, aws=lambda service: sts, command=lambda words: f"./kiban {words}"
        )
        origin = SimpleNamespace(candidate=lambda model: candidate, **vars(ORIGIN))
        for module, name, answer in (
            (command, "read_config", lambda name: CONFIG),
            (command, "open_model", lambda name, model, sandbox: target),
            (command, "open_environment", lambda name, sandbox: target),
            (command, "wait_for_rollout", lambda env, model, one: self.note("wait", one.number)),
            (command, "newer_approved_version", lambda env, model, number: self.newer),
            (sources, "find_source", lambda source, target: origin),
            (promotion, "require_gate", lambda *given: self.note("gate", given[3])),
            (promotion, "find_promoted_version", lambda *given: self.there),
            (promotion, "copy_image", self._copy_image),
            (promotion, "copy_artifact", lambda *given: "s3://there"),
            (promotion, "register_version", lambda *given: self.note("register", given[3])),
            (promoted_documents, "copy_documents", lambda *given: None),
            (promoted_columns, "schema_change", lambda *given: self.change),
            (promoted_columns, "require_word", lambda *given: self.note("word", *given[:2])),
            (model_versions, "describe_version", lambda env, arn: version(7, "Pending")),
            (model_versions, "set_approval_status", self._approve),
        ):
            monkeypatch.setattr(module, name, answer)

    def note(self, *what: Any) -> Any:
        self.asked.append(what)

    def _copy_image(self, *given: Any) -> str:
        if self.interrupted:
            raise KeyboardInterrupt
        return "image"

    def _approve(
        self, env: Any, one: ModelVersion, status: str, reason: str, facts: dict[str, str]
    ) -> None:
        self.note(status, one.number, reason, facts)

    def run(self, **given: Any) -> None:
        command.promote(**{"model": "churn", "source": "staging", "target": "prod", **given})


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Promotion:
    return Promotion(monkeypatch)


GATE = ("gate", "staging")
REGISTER = ("register", {"Image": "image", "ModelDataUrl": "s3://there"})
REASON = "Promoted from version 3 of kiban-staging"


def test_a_new_version_is_copied_and_approved(
    parts: Promotion, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.run()

    approved: Any = ("Approved", 7, REASON, {})
    assert parts.asked == [GATE, ("word", "", False), REGISTER, approved]
    lines = capsys.readouterr().out.splitlines()
    assert "✓ version 3 of churn in staging is version 7 in test, approved" in lines
    assert lines[-1] == "The rollout begins by itself; see: ./kiban models churn"


def test_an_accepted_change_of_the_columns_is_kept_with_who_accepted_it(parts: Promotion) -> None:
    parts.change = "13, not 5"

    parts.run(changes_schema=True)

    facts = {"schema_change": "13_ not 5", "accepted_schema_change": "arn:me"}
    reason = f"{REASON}; changes the schema (13, not 5)"
    word = ("word", "13, not 5", True)
    assert parts.asked == [GATE, word, REGISTER, ("Approved", 7, reason, facts)]


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("PendingManualApproval", [("word", "", False), ("Approved", 5, REASON, {})]),
        ("Approved", []),
    ],
)
def test_what_an_earlier_promotion_brought_is_not_copied_again(
    parts: Promotion, status: str, asked: list[Any]
) -> None:
    parts.there = version(5, status)

    parts.run()

    assert parts.asked == [GATE, *asked]


@pytest.mark.parametrize(("comment", "reason"), [("too slow", "too slow"), ("", "no reason given")])
def test_what_was_rejected_there_is_not_approved_again(
    parts: Promotion, comment: str, reason: str
) -> None:
    parts.there = version(5, "Rejected", comment)

    with pytest.raises(WrongInput, match=f"version 5 of test came .* was rejected: {reason}; app"):
        parts.run()
    assert parts.asked == [GATE]


@pytest.mark.parametrize(
    ("newer", "wait", "asked"),
    [
        (None, False, []),
        (None, True, [("wait", 5)]),
        (version(6, "Approved"), True, []),
        (version(6, "Approved"), False, []),
    ],
)
def test_a_rollout_is_waited_for_when_it_is_this_versions(
    parts: Promotion,
    newer: ModelVersion | None,
    wait: bool,
    asked: list[Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts.there, parts.newer = version(5, "Approved"), newer

    parts.run(wait=wait)

    assert parts.asked == [GATE, *asked]
    assert ("is newer" in capsys.readouterr().out) is (newer is not None)


def test_a_program_reads_which_version_came_from_which(
    parts: Promotion, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.there = version(5, "Approved")

    parts.run(wait=True, as_json=True)

    found = require_documented(["promote"], "{" + capsys.readouterr().out.partition("{")[2])
    assert (found["version"], found["from"], found["from_version"]) == (5, "staging", 3)
    assert (found["newer"], found["live"]) == (None, True)


def test_one_environment_is_neither_source_nor_target_of_itself(parts: Promotion) -> None:
    with pytest.raises(WrongInput, match=r"config/prod.toml: is one environment; name another"):
        parts.run(source="prod")
    with pytest.raises(WrongInput, match=r"config/staging.toml: no model 'chrn'; there is churn"):
        parts.run(model="chrn")
    assert parts.asked == []


def test_an_interrupted_copy_says_how_to_go_on(parts: Promotion) -> None:
    parts.interrupted = True

    with pytest.raises(Interrupted, match="before it was registered; the same command goes on"):
        parts.run()
    assert parts.asked == [GATE, ("word", "", False)]
