"""The copies of a variant: their number, which is asked, and how they come and go."""

import threading
from collections import Counter
from typing import Any

import pytest

from sandbox.sagemaker.serving import variants
from sandbox.sagemaker.serving.failures import Unhealthy
from sandbox.sagemaker.serving.variants import Variant


class Copy:
    """A copy without a process; a row with Fail never answers."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.instance_type = row, row.get("InstanceType", "")
        self.healthy, self.requests, self.did = True, 0, [""]
        self.images = ["image"]

    def start(self) -> None:
        self.did.append("start")
        if fail := self.row.get("Fail"):
            raise fail

    def acquire(self) -> None:
        self.requests += 1

    def end(self) -> None:
        self.did.append("end")

    def abandon(self) -> None:
        self.did.append("abandon")


def made(**row: Any) -> Variant:
    make: Any = Copy
    return Variant({"VariantName": "A", **row}, make)


def served(**row: Any) -> Any:
    one = made(**row)
    one.start()
    return one


def same(row: dict[str, Any]) -> dict[str, Any]:
    return row


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, {"CurrentInstanceCount": 1, "DesiredInstanceCount": 1}),
        ({"InitialInstanceCount": 3}, {"CurrentInstanceCount": 3, "DesiredInstanceCount": 3}),
        ({"ServerlessConfig": {"a": 1}}, {"CurrentServerlessConfig": {"a": 1}}),
        (
            {"InstancePools": [1], "InstanceType": "t", "InitialInstanceCount": 2},
            {
                "CurrentInstanceCount": 2,
                "DesiredInstanceCount": 2,
                "InstancePools": [{"InstanceType": "t", "CurrentInstanceCount": 2}],
            },
        ),
    ],
)
def test_a_variant_shows_its_instances(row: dict[str, Any], expected: dict[str, Any]) -> None:
    document = made(**row).document

    names = {"VariantName", "CurrentWeight", "DesiredWeight", "VariantStatus"}
    assert {key: document[key] for key in document.keys() - names} == expected
    assert (
        document["CurrentWeight"],
        made(InitialVariantWeight=2).document["DesiredWeight"],
    ) == (
        1.0,
        2.0,
    )


def test_what_was_scaled_is_kept_where_the_row_has_it() -> None:
    one, serverless = made(), made(ServerlessConfig={})
    before = {"CurrentInstanceCount": 5, "DesiredInstanceCount": 6, "CurrentWeight": 3.0}

    for each in (one, serverless):
        each.retain(before, {"InstanceCount"})

    assert one.document["CurrentInstanceCount"] == 5
    assert one.document["DesiredInstanceCount"] == 6
    assert one.document["CurrentWeight"] == 1.0
    assert "CurrentInstanceCount" not in serverless.document
    one.retain({}, {"Weight"})
    assert one.document["CurrentWeight"] == 1.0


def test_a_variant_starts_a_copy_for_each_instance() -> None:
    one = served(InitialInstanceCount=3)

    assert [copy.did[-1] for copy in one.copies] == ["start"] * 3
    assert one.document["DeployedImages"] == ["image"]
    assert one.document["VariantStatus"] == []
    assert len(served(ServerlessConfig={}).copies) == 1


def test_a_variant_of_which_a_copy_never_answers_serves_nothing() -> None:
    started: list[Any] = []

    def make(row: dict[str, Any]) -> Any:
        started.append(Copy({**row, "Fail": Unhealthy("no ping") if started else None}))
        return started[-1]

    one = Variant({"VariantName": "A", "InitialInstanceCount": 3}, make)

    with pytest.raises(Unhealthy, match="no ping"):
        one.start()

    assert one.copies == ()
    assert [copy.did[-1] for copy in started] == ["end"] * 3


def test_copies_come_and_the_youngest_go() -> None:
    one = served(InstancePools=[1], InstanceType="large")
    (first,) = one.copies

    one.scale(3, lambda row: {**row, "InstanceType": "small"})
    _, second, third = one.copies

    assert one.document["InstancePools"] == [
        {"InstanceType": "large", "CurrentInstanceCount": 1},
        {"InstanceType": "small", "CurrentInstanceCount": 2},
    ]
    one.scale(1, same)
    assert one.copies == (first,)
    assert [copy.did[-1] for copy in (first, second, third)] == ["start", "end", "end"]
    one.scale(1, same)
    assert one.copies == (first,)


def test_what_keeps_a_new_copy_from_serving_is_told_and_the_old_ones_serve_on() -> None:
    one = served()
    before = one.copies

    with pytest.raises(Unhealthy):
        one.scale(2, lambda row: {**row, "Fail": Unhealthy("no ping")})

    assert one.copies == before
    assert before[0].did[-1] == "start"


def test_a_copy_that_is_ready_after_its_variant_is_gone_is_ended() -> None:
    one = served()
    one.end()

    one.scale(2, same)

    assert len(one.copies) == 1
    assert one.copies[0].did[-1] == "end"
    one.abandon()
    assert one.copies[0].did[-1] == "abandon"


def test_an_error_of_an_ending_is_raised_after_all_have_ended() -> None:
    one = served(InitialInstanceCount=2)

    def fail() -> None:
        raise KeyError("a bug")

    one.copies[0].end = fail

    with pytest.raises(KeyError):
        one.end()
    assert one.copies[1].did[-1] == "end"


def test_requests_go_to_every_copy() -> None:
    one = served(InitialInstanceCount=3)

    taken = Counter(id(one.take()) for _ in range(300))

    assert len(taken) == 3
    assert min(taken.values()) > 50


def test_requests_go_where_the_fewest_are_when_that_is_asked_for() -> None:
    routing = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    one = served(InitialInstanceCount=3, RoutingConfig=routing)

    for _ in range(9):
        one.take()

    assert [copy.requests for copy in one.copies] == [3, 3, 3]


def test_a_copy_that_is_started_again_gets_nothing_while_another_answers() -> None:
    one = served(InitialInstanceCount=2)
    one.copies[0].healthy = False

    assert {one.take() for _ in range(20)} == {one.copies[1]}
    one.copies[1].healthy = False
    assert one.take() in one.copies
    assert made().take() is None


def test_tasks_run_at_once_and_each_error_is_told() -> None:
    both = threading.Barrier(2, timeout=10)

    def fail() -> None:
        both.wait()
        raise KeyError("one")

    assert [str(error) for error in variants.in_parallel([both.wait, fail])] == ["'one'"]
    assert variants.in_parallel([]) == []


@pytest.mark.parametrize(("on", "asked", "share"), [(None, 3, 1.0), (1, 1, 1 / 3), (0, 0, 0.0)])
def test_only_copies_that_are_turned_on_get_requests(
    on: int | None, asked: int, share: float
) -> None:
    one = served(InitialInstanceCount=3)

    one.turn_on(on)
    for _ in range(60):
        one.take()

    assert sum(copy.requests > 0 for copy in one.copies) == asked
    assert one.share == share


def test_a_stage_of_a_deployment_is_shown_until_there_is_none() -> None:
    one = served()

    one.show("Baking", "for a while")
    (stage,) = one.document["VariantStatus"]
    assert (stage["Status"], stage["StatusMessage"]) == ("Baking", "for a while")
    one.show("", "")
    assert one.document["VariantStatus"] == []
