"""The page of a verification: what held, what differed, and what is left first of all."""

from datetime import date

from cli.verification import report
from cli.verification.call_record import CallSummary
from cli.verification.findings import StepOutcome, Walk

CALL = "sagemaker.DescribeEndpoint"


def a_walk(place: str, *, error: str = "", left: tuple[str, ...] = (), **summary: object) -> Walk:
    usual = {"count": 1, "seconds": 0.1, "members": {"A"}, "states": {"A=Good"}}
    call = CallSummary(**{**usual, **summary})  # type: ignore[arg-type]  # its own fields
    steps = [StepOutcome("Deployment", "9 resources", 60.0, error)]
    return Walk(place, steps, {"Deployment": {CALL: call}}, list(left))


def page(real: Walk, reference: Walk) -> str:
    return report.page(
        real, reference, environment="dev", region="us-east-1", day=date(2026, 11, 29)
    )


def test_what_is_equal_held() -> None:
    written = page(a_walk("AWS"), a_walk("the sandbox"))

    assert written.startswith("# Verification of dev in us-east-1, 2026-11-29")
    assert "1 of 1 calls answered as the sandbox does, 0 did not" in written
    assert "## What differed\n\nNothing.\n" in written
    assert f"| Deployment | `{CALL}` | 1, 1 | 100 ms | 100 ms |" in written


def test_a_difference_is_said_from_both_sides() -> None:
    real = a_walk("AWS", members={"A", "B"}, states={"A=Creating"}, errors={"Throttling"})

    written = page(real, a_walk("the sandbox"))

    assert f"- Deployment, `{CALL}`: members on AWS only: `B`" in written
    assert f"- Deployment, `{CALL}`: states on AWS only: `A=Creating`" in written
    assert f"- Deployment, `{CALL}`: states in the sandbox only: `A=Good`" in written
    assert f"- Deployment, `{CALL}`: errors on AWS only: `Throttling`" in written
    assert "0 of 1 calls answered as the sandbox does, 1 did not" in written
    assert f"| `{CALL}` |" not in written.partition("## What held")[2]


def test_a_call_that_only_one_made_is_said() -> None:
    reference = a_walk("the sandbox")
    reference.calls["Deployment"]["s3.ListBuckets"] = CallSummary(count=1)

    (found,) = report.differences(a_walk("AWS"), reference)

    assert (found.call, found.what) == ("s3.ListBuckets", "called in the sandbox only")


def test_a_long_list_is_cut_and_counted() -> None:
    many = {f"M{number:02}" for number in range(20)}

    (found,) = report.differences(a_walk("AWS", members=many), a_walk("the sandbox", members=set()))

    assert found.what.endswith("`M11` and 8 more")


def test_what_is_left_is_said_before_anything_else() -> None:
    written = page(a_walk("AWS", left=("stack kiban-verify-Storage",)), a_walk("the sandbox"))

    assert "**Not everything was removed: stack kiban-verify-Storage.**" in written.splitlines()[2]


def test_a_walk_that_was_stopped_says_where_and_why() -> None:
    written = page(a_walk("AWS", error="no | capacity"), a_walk("the sandbox"))

    assert "**AWS stopped the walk: no | capacity.** Everything is destroyed." in written
    assert "**failed**: no \\| capacity" in written
