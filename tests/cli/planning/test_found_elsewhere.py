"""Under which name and in which region an environment runs already, by hand-made answers."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.planning import elsewhere
from cli.terminal.errors import Refused
from config.loader import load_environment
from tests.cli.planning.test_deployed_state import OURS, Formation, described
from tests.cli.service import Service, environment, refused

DEV = load_environment("dev")


class Places:
    """A region with stacks, and buckets that lie in others."""

    def __init__(self, stacks: list[Any], **buckets: str | None) -> None:
        self.formation, self.buckets = Formation(*stacks), buckets
        self.there: dict[str, Any] = {}

    def env(self) -> Any:
        buckets = {name.replace("_", "-"): place for name, place in self.buckets.items()}

        def paginate(Prefix: str) -> list[Any]:
            # S3 knows no more of a name than its beginning.
            return [{"Buckets": [{"Name": name} for name in buckets]}]

        s3 = SimpleNamespace(
            get_paginator=lambda operation: SimpleNamespace(paginate=paginate),
            get_bucket_location=lambda Bucket: {"LocationConstraint": buckets[Bucket]},
        )
        clients = {"cloudformation": self.formation, "s3": s3}
        connection = SimpleNamespace(region="us-east-1", in_region=self._in_region)
        return environment(
            Service(), config=DEV, aws=clients.__getitem__, connection=connection, file="f.toml"
        )

    def _in_region(self, region: str) -> Any:
        answer = self.there.get(region, refused("ValidationError", "Stack does not exist"))
        return SimpleNamespace(client=lambda service: Service(describe_stacks=[answer]))

    def found(self) -> list[str]:
        return [one.why.partition(";")[0] for one in elsewhere.found_elsewhere(self.env())]


@pytest.mark.parametrize(
    ("name", "outputs", "is_found"),
    [
        ("old-dev-Storage", OURS[:2], True),
        ("old-dev-Storage", OURS, True),
        ("old-dev-Storage", OURS[:1], False),
        ("old-dev-Storage", OURS[1:2], False),
        ("old-prod-Storage", OURS, False),
        ("old-dev-Training", OURS, False),
    ],
)
def test_it_runs_under_another_name_where_its_storage_is_ours(
    name: str, outputs: tuple[str, ...], is_found: bool
) -> None:
    found = Places([described(name, "UPDATE_COMPLETE", *outputs)]).found()

    assert len(found) == is_found
    assert all('it runs as platform.name = "old"' in why for why in found)


BUCKET = "kiban_dev_storage_data"


@pytest.mark.parametrize(
    ("place", "status", "region"),
    [
        ("ap-south-1", "CREATE_COMPLETE", "ap-south-1"),
        ("EU", "UPDATE_COMPLETE", "eu-west-1"),
        ("ap-south-1", "ROLLBACK_COMPLETE", None),
        ("ap-south-1", None, None),
        (None, "CREATE_COMPLETE", None),
    ],
)
def test_it_runs_in_another_region_where_its_buckets_and_its_stack_are(
    place: str | None, status: str | None, region: str | None
) -> None:
    places = Places([], **{BUCKET: place})
    answer = {"Stacks": [{"StackStatus": status}]}
    if status:
        places.there = dict.fromkeys(("ap-south-1", "eu-west-1", "us-east-1"), answer)

    assert [why for why in places.found() if "it runs in" in why] == (
        [why for why in places.found() if f"it runs in {region}" in why]
    )
    assert len(places.found()) == (region is not None)


def test_a_region_that_may_not_be_asked_is_an_error_and_anothers_bucket_no_hint() -> None:
    places = Places([], **{BUCKET: "ap-south-1"})
    places.there = {"ap-south-1": refused("AccessDenied")}
    with pytest.raises(ClientError, match="AccessDenied"):
        places.found()
    places.buckets = {"kiban_development": "ap-south-1"}
    assert places.found() == []


def test_a_first_deployment_is_refused_beside_one_that_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = Places([described("old-dev-Storage", "UPDATE_COMPLETE", *OURS)])
    deployed = [False]
    monkeypatch.setattr(elsewhere, "is_anything_deployed", lambda env: deployed[0])

    with pytest.raises(Refused, match=r"platform.name cannot be changed"):
        elsewhere.require_not_elsewhere(places.env())
    deployed[0] = True
    elsewhere.require_not_elsewhere(places.env())
    deployed[0], places.formation = False, Formation()
    elsewhere.require_not_elsewhere(places.env())
