"""Events are those of the streams whose names begin as asked for."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.models.log_events import LogSource, read_log
from sandbox.server.server import Sandbox
from tests.cli.service import environment

GROUP = "/aws/sagemaker/TrainingJobs"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
JOBS = [f"churn-{UUID}-00/algo-1", f"churn-b-{UUID}-00/algo-1", f"churn-{UUID}-001/algo-1"]


@pytest.fixture(scope="module")
def logs() -> Iterator[Any]:
    with Sandbox() as running:
        client = running.client("logs")
        client.create_log_group(logGroupName=GROUP)
        for name in ("one/algo-1", "one/algo-2", "other/algo-1", *JOBS):
            client.create_log_stream(logGroupName=GROUP, logStreamName=name)
            event = {"timestamp": int(time.time() * 1000), "message": f"of {name}"}
            client.put_log_events(logGroupName=GROUP, logStreamName=name, logEvents=[event])
        yield client


@pytest.mark.parametrize("job", JOBS)
def test_logs_of_models_do_not_mix_where_a_name_begins_with_anothers(logs: Any, job: str) -> None:
    name = job.partition("/")[0]
    source = LogSource(GROUP, f"{name}/", name, lambda: True)

    found = read_log(environment(logs), source, follow=False)

    assert [text for _, text in found] == [f"of {job}"]


def messages(logs: Any, **asked: Any) -> list[str]:
    found = logs.filter_log_events(logGroupName=GROUP, **asked)["events"]
    return sorted(event["message"] for event in found)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"logStreamNamePrefix": "one/"}, ["of one/algo-1", "of one/algo-2"]),
        ({"logStreamNamePrefix": "o"}, ["of one/algo-1", "of one/algo-2", "of other/algo-1"]),
        ({"logStreamNamePrefix": "none"}, []),
        ({"logStreamNames": ["other/algo-1"]}, ["of other/algo-1"]),
    ],
)
def test_the_events_are_those_of_the_streams_that_are_asked_for(
    logs: Any, asked: dict[str, Any], found: list[str]
) -> None:
    assert messages(logs, **asked) == found


def test_names_and_a_prefix_are_too_much(logs: Any) -> None:
    with pytest.raises(ClientError, match="mutually exclusive") as refused:
        messages(logs, logStreamNamePrefix="one", logStreamNames=["one/algo-1"])
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_group_that_does_not_exist_is_refused(logs: Any) -> None:
    with pytest.raises(ClientError) as refused:
        logs.filter_log_events(logGroupName="none", logStreamNamePrefix="one")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
