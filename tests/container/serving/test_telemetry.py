"""Counters of workers, as Prometheus reads them."""

import re

import pytest

from container.serving.telemetry import SECONDS, STATUSES, Telemetry


def numbers(telemetry: Telemetry) -> dict[str, float]:
    """Every sample of the text, by its name and labels."""
    lines = [line for line in telemetry.text().splitlines() if not line.startswith("#")]
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.parametrize("status", [*STATUSES])
def test_a_response_is_counted_by_its_status(status: int) -> None:
    telemetry = Telemetry(1)

    telemetry.observe(status, 0.01, 0, 0)

    counted = {name: n for name, n in numbers(telemetry).items() if "requests_total" in name}
    assert counted[f'inference_requests_total{{status="{status}"}}'] == 1
    assert sum(counted.values()) == 1


# Whatever this container answers with is counted: RFC 9110's numbers.
ANSWERED = [200, 204, 400, 404, 405, 406, 408, 409, 413, 415, 422, 429, 431, 500, 503, 504, 507]


def test_every_status_that_is_answered_is_counted() -> None:
    telemetry = Telemetry(1)

    for status in ANSWERED:
        telemetry.observe(status, 0, 0, 0)

    assert numbers(telemetry)["inference_request_seconds_count"] == len(ANSWERED)
    assert len(STATUSES) == len(ANSWERED)


@pytest.mark.parametrize(
    ("seconds", "bound"),
    [
        (0, "0.0005"),
        (0.0005, "0.0005"),
        (0.0006, "0.001"),
        (0.002, "0.0025"),
        (0.005, "0.005"),
        (0.009, "0.01"),
        (0.02, "0.025"),
        (0.05, "0.05"),
        (0.1, "0.1"),
        (0.2, "0.25"),
        (0.4, "0.5"),
        (1, "1"),
        (2, "2.5"),
        (4, "5"),
        (9, "10"),
        (59, "60"),
        (61, "+Inf"),
    ],
)
def test_a_request_is_in_every_bucket_from_its_own_on(seconds: float, bound: str) -> None:
    telemetry = Telemetry(1)

    telemetry.observe(200, seconds, 0, 0)

    found = {
        re.sub(r'.*"(.*)".*', r"\1", name): n
        for name, n in numbers(telemetry).items()
        if "le=" in name
    }
    bounds = [f"{each:g}" for each in SECONDS] + ["+Inf"]
    assert list(found) == bounds
    assert [*found.values()] == [float(i >= bounds.index(bound)) for i in range(len(bounds))]
    assert numbers(telemetry)["inference_request_seconds_sum"] == seconds


def test_rows_bytes_and_unseen_categories_add_up_over_all_workers() -> None:
    telemetry = Telemetry(2)
    for worker in (0, 1):
        telemetry.start_worker(worker)
        telemetry.observe(200, 0.5, rows=3, body_bytes=10, unseen=worker)
        telemetry.observe(200, 0.5, rows=4, body_bytes=20)

    found = numbers(telemetry)

    assert found["inference_rows_total"] == 14
    assert found["inference_body_bytes_total"] == 60
    assert found["inference_unseen_categories_total"] == 1
    assert found["inference_worker_starts_total"] == 2
    assert found["inference_request_seconds_sum"] == 2
    assert found["inference_workers"] == 2


def test_a_replaced_worker_counts_on_but_is_not_ready_and_has_no_connection() -> None:
    telemetry = Telemetry(2)
    telemetry.start_worker(1)
    telemetry.mark_ready()
    telemetry.set_connections(5)
    telemetry.add("rows_total", 7)
    assert telemetry.ready_workers == 1

    telemetry.start_worker(1)

    found = numbers(telemetry)
    assert telemetry.ready_workers == 0
    assert found["inference_workers_ready"] == 0
    assert found["inference_connections"] == 0
    assert found["inference_rows_total"] == 7
    assert found["inference_worker_starts_total"] == 2


@pytest.mark.parametrize(("own", "other", "fewer"), [(1, 0, True), (1, 1, False), (0, 1, False)])
def test_a_worker_knows_whether_another_has_fewer_connections(
    own: int, other: int, fewer: bool
) -> None:
    telemetry = Telemetry(2)
    telemetry.start_worker(0)
    telemetry.set_connections(other)
    telemetry.start_worker(1)
    telemetry.set_connections(own)

    assert telemetry.others_have_fewer is fewer
    assert numbers(telemetry)["inference_connections"] == own + other


def test_every_metric_has_its_meaning_and_its_kind_before_it() -> None:
    text = Telemetry(1).text()

    assert text.endswith("\n")
    names = re.findall(r"# HELP inference_(\w+) .*\n# TYPE inference_\1 (\w+)\ninference_\1", text)
    assert names == [
        ("rows_total", "counter"),
        ("unseen_categories_total", "counter"),
        ("body_bytes_total", "counter"),
        ("worker_starts_total", "counter"),
        ("requests_total", "counter"),
        ("request_seconds", "histogram"),
        ("workers", "gauge"),
        ("workers_ready", "gauge"),
        ("connections", "gauge"),
    ]
