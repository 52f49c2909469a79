"""Each step of the demonstration waits for what it shows, and stops at what will never come."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.demonstration.demo_journey import DemoJourney
from cli.models import predictions, workflow_runs
from cli.models.workflow_runs import Run
from cli.terminal.errors import Failure
from config.loader import load_environment
from tests.cli.service import Service, environment

DEV = load_environment("dev")


def run(status: str = "RUNNING", error: str = "", **output: Any) -> Run:
    moment = datetime.now(UTC)
    return Run("arn:x:1", status, moment, None, {"DataVersion": "demo"}, output, error)


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def journey(service: Service, **more: Any) -> DemoJourney:
    env = environment(service, config=DEV)
    return DemoJourney(env, "churn", lambda what: None, **more)


def states(monkeypatch: pytest.MonkeyPatch, *runs: Run) -> list[Run]:
    """Have a look at the run show these one after the other."""
    left = list(runs)
    monkeypatch.setattr(workflow_runs, "describe_run", lambda env, arn: left.pop(0))
    monkeypatch.setattr(workflow_runs, "current_state", lambda env, arn: "Train")
    return left


def test_the_run_of_the_upload_is_waited_for_and_no_other_taken_for_it(
    monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    other = run()
    other.given["DataVersion"] = "older"
    looks = [[], [other], [other, run()]]
    monkeypatch.setattr(workflow_runs, "newest_runs", lambda env, model, limit: looks.pop(0))

    assert journey(Service())._run_of_upload().data_version == "demo"
    assert (looks, waited) == ([], [0.5, 0.5])


def test_the_image_is_waited_for_by_its_tag(
    monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    left = states(monkeypatch, *[run()] * 3)
    images = [[], [{"imageDigest": "d"}, {"imageTag": "old"}], [{"imageTag": "machine"}]]
    service = Service(list_images=[{"imageIds": ids} for ids in images])

    assert journey(service)._image(run()) == "built by CodeBuild, tag machine"
    assert (left, waited) == ([], [0.5, 0.5])


def test_the_job_is_waited_for(monkeypatch: pytest.MonkeyPatch, waited: list[float]) -> None:
    states(monkeypatch, run(), run())
    names = [{"TrainingJobName": "new"}, {"TrainingJobName": "old"}]
    service = Service(
        list_training_jobs=[{"TrainingJobSummaries": jobs} for jobs in ([], names)],
        describe_training_job=[{"TrainingJobName": "new"}],
    )

    assert journey(service)._job(run()) == {"TrainingJobName": "new"}
    assert waited == [0.5]
    assert service.given[0] == {
        "NameContains": "churn-",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
    }


@pytest.mark.parametrize("step", ["_image", "_job"])
@pytest.mark.parametrize(
    ("state", "reason"),
    [(run("FAILED", "no rights"), "no rights"), (run("ABORTED"), "no reason")],
)
def test_what_a_failed_workflow_never_brings_is_not_waited_for(
    step: str, state: Run, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    states(monkeypatch, state)

    with pytest.raises(Failure, match=f"the workflow ended as {state.status}: {reason}"):
        getattr(journey(Service()), step)(run())


def test_a_workflow_that_is_already_through_brought_its_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states(monkeypatch, run("SUCCEEDED"))
    service = Service(list_images=[{"imageIds": [{"imageTag": "machine"}]}])

    assert journey(service)._image(run())


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"TrainingJobStatus": status, "SecondaryStatus": "Training", **more}


def test_a_training_is_waited_for_until_it_is_completed(waited: list[float]) -> None:
    service = Service(describe_training_job=[job("InProgress"), job("Completed")])

    found = journey(service)._job_reaches("j", ("Completed",))

    assert (found["TrainingJobStatus"], waited) == ("Completed", [0.5])


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
@pytest.mark.parametrize(
    ("more", "reason"), [({"FailureReason": "too big"}, "too big"), ({}, "no reason")]
)
def test_a_training_that_fails_or_is_stopped_ends_the_demonstration(
    status: str, more: dict[str, str], reason: str
) -> None:
    with pytest.raises(Failure, match=f"demo: j failed: {reason}"):
        journey(Service(describe_training_job=[job(status, **more)]))._job_reaches("j", ("C",))


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (run("SUCCEEDED", Outcome="registered"), None),
        (run("SUCCEEDED", Outcome="refused", Why="poor"), "ended as refused: {.*'Why': 'poor'"),
        (run("FAILED", "no rights"), "ended as FAILED: no rights"),
    ],
)
def test_a_workflow_is_waited_for_and_has_to_register_a_version(
    end: Run, refusal: str | None, monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    states(monkeypatch, run(), end)
    if refusal is None:
        assert journey(Service())._finished(run()) is end
    else:
        with pytest.raises(Failure, match=refusal):
            journey(Service())._finished(run())
    assert waited == [0.5]


def test_nothing_is_waited_for_longer_than_patience_lasts(waited: list[float]) -> None:
    impatient = journey(Service(), patience_seconds=0)

    with pytest.raises(Failure, match="waited 0 seconds for the moon"):
        impatient._until(lambda: None, "the moon")
    assert waited == []


@pytest.mark.parametrize("answer", [0, "", False])
def test_an_empty_answer_is_an_answer(answer: object) -> None:
    assert journey(Service())._until(lambda: answer, "it") is answer


def test_a_held_out_row_is_right_on_its_side_of_a_half(monkeypatch: pytest.MonkeyPatch) -> None:
    given = journey(Service())
    given._held_out = [["1", "9"], ["1", "9"], ["0", "9"], ["0", "9"]]
    # Exactly a half is no yes.
    answers = ["0.51", "0.5", "0.5", "0.9"]
    monkeypatch.setattr(predictions, "request_predictions", lambda env, model, rows: answers)

    assert given._predict() == "2 of 4 held-back rows right: 50.0%"
    assert given.accuracy == 0.5
