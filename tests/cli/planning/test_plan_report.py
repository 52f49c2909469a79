"""What a plan prints, from the gravest verdict to the cost, and when it stops a deployment."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from cli.deployment import cdk_command
from cli.planning import deployment_gate, plan_report
from cli.terminal import screen
from cli.terminal.errors import Refused
from reviewer.changes.finding import Finding
from reviewer.plan.verdict import KINDS, Kind, Verdict
from reviewer.pricing.cost import IdleCost
from tests.cli.service import Service, environment


def found(*verdicts: Verdict, code: int = 0, findings: Any = (), unpriced: int = 0) -> Any:
    """A plan with these verdicts."""
    comparison = SimpleNamespace(
        stage="kiban-x",
        idle_before=IdleCost(Decimal(3), ()),
        idle_after=IdleCost(Decimal("4.5"), (object(),) * unpriced),  # type: ignore[arg-type]
    )
    return SimpleNamespace(
        comparison=comparison,
        verdicts=verdicts,
        findings=findings,
        unchanged=7,
        exit_code=code,
        of_kind=lambda kind: [one for one in verdicts if one.kind == kind],
    )


def verdict(kind: Kind, at: str = "Storage/Data", **more: Any) -> Verdict:
    return Verdict(kind, at, "S3::Bucket", "it [x] goes", **more)


def printed(capsys: pytest.CaptureFixture[str], plan: Any) -> list[str]:
    plan_report.print_plan(plan)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line]


@pytest.mark.parametrize(
    ("code", "last"),
    [
        (0, "✓ Nothing risky"),
        (3, "! Something needs an eye before it is deployed"),
        (4, "✗ AWS will refuse this; nothing was changed"),
    ],
)
def test_a_plan_ends_with_what_it_comes_to(
    code: int, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, found(code=code)) == [
        "kiban-x 7 resources unchanged",
        "Idle cost: USD 3.00 → USD 4.50 a month, from list prices",
        last,
    ]


def test_verdicts_come_by_their_kind_the_gravest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = found(
        verdict("in place", "Storage/A"),
        verdict("refused", "Storage/B", recipe=("first [a]", "then")),
        verdict("replaced", "Storage/C", follows=("Storage/D", "2 more")),
        unpriced=1,
    )

    assert printed(capsys, plan)[1:-1] == [
        f"{KINDS['refused']} 1",
        "Storage/B S3::Bucket it [x] goes",
        "→ first [a]",
        "→ then",
        f"{KINDS['replaced']} 1",
        "Storage/C S3::Bucket it [x] goes (then Storage/D, 2 more)",
        f"{KINDS['in place']} 1",
        "Storage/A S3::Bucket it [x] goes",
        "Idle cost: USD 3.00 → USD 4.50 a month, 1 meter without a price, from list prices",
    ]


def test_what_a_review_finds_stands_below_the_verdicts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = printed(capsys, found(findings=(Finding("canary-off", "safety", "A/B", "[x]"),)))

    assert lines[1:4] == [
        "A review finds permissions, exposure, data, safety, cost",
        "rule where what",
        "canary-off A/B [x]",
    ]


@pytest.mark.parametrize(
    ("kind", "colour"),
    [("refused", 31), ("data lost", 31), ("look", 33), ("replaced", 2), ("added", 2)],
)
def test_what_is_grave_is_red_and_what_needs_an_eye_yellow(
    kind: Kind, colour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(force_terminal=True, color_system="standard", width=100)
    monkeypatch.setattr(screen, "out", console)
    with console.capture() as captured:
        plan_report._print_kind(kind, "Title", [verdict(kind)])

    assert f"\x1b[{colour}mStorage/Data\x1b[0m" in captured.get()


def test_a_question_shows_what_is_lost_and_what_needs_an_eye_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = found(*(verdict(kind, f"S/{kind}") for kind in KINDS))

    plan_report.print_risks(plan)
    risks = capsys.readouterr().out
    plan_report.print_refusals(plan)
    refusals = capsys.readouterr().err

    assert [kind for kind in KINDS if f"S/{kind} " in risks] == ["data lost", "look"]
    assert refusals == "S/refused it [x] goes\n"


def test_a_machine_gets_verdicts_findings_and_cost() -> None:
    plan = found(verdict("look"), code=3, unpriced=2)

    document = plan_report.plan_document(plan)

    assert (document["stage"], document["exit_code"], document["unchanged"]) == ("kiban-x", 3, 7)
    assert [one["kind"] for one in document["verdicts"]] == ["look"]
    assert document["idle_usd_a_month"] == {
        "before": "3",
        "after": "4.5",
        "meters_without_a_price": 2,
    }


@pytest.mark.parametrize(
    ("deployed", "code", "ends"), [(False, 4, None), (True, 0, 0), (True, 3, 3), (True, 4, Refused)]
)
def test_a_deployment_that_will_be_refused_ends_before_it_begins(
    deployed: bool, code: int, ends: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = found(verdict("refused"), verdict("refused"), code=code)
    monkeypatch.setattr(deployment_gate, "is_anything_deployed", lambda env: deployed)
    monkeypatch.setattr(deployment_gate, "make_plan", lambda env, folder: plan)
    monkeypatch.setattr(cdk_command, "synthesise_environment", lambda env, folder: None)
    env = environment(Service(), config=SimpleNamespace(stage="kiban-x"))
    if ends is Refused:
        with pytest.raises(Refused, match=r"will be refused, 2 reasons above; .*: ./kiban plan"):
            deployment_gate.require_deployable(env, Path("cdk.out"))
        return
    given = deployment_gate.require_deployable(env, Path("cdk.out"))
    assert (given is plan) is deployed
