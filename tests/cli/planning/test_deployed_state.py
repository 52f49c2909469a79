"""What a plan reads of CloudFormation, and what runs elsewhere, by hand-made answers."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.planning import elsewhere
from cli.planning.deployed_state import is_anything_deployed, read_deployed
from cli.terminal.errors import Refused
from config.loader import load_environment
from tests.cli.service import Service, environment, refused
from tests.reviewer import handmade

DEV = load_environment("dev")
OURS = ("DataBucketName", "ArtifactsBucketName", "KeyArn", "LogsBucketName")
NOBODY = refused("ValidationError", "Export 'e' is not imported by any stack.")


def described(name: str, status: str = "UPDATE_COMPLETE", *outputs: str, **more: Any) -> Any:
    found = [{"OutputKey": key, "OutputValue": "x"} for key in outputs]
    return {"StackName": name, "StackStatus": status, "Outputs": found, **more}


class Formation:
    """CloudFormation with these stacks, whose templates have a topic and what a test adds."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def __init__(self, *stacks: Any, **templates: Any) -> None:
        self.stacks, self.templates = stacks, templates
        self.resources = [("It", "CREATE_COMPLETE")]
        self.importers: dict[str, Any] = {}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **given: [getattr(self, operation)(**given)])

    def describe_stacks(self) -> Any:
        return {"Stacks": [*self.stacks]}

    def get_template(self, StackName: str, TemplateStage: str) -> Any:
        assert TemplateStage == "Original"
        topic = {"Resources": {"It": {"Type": "AWS::SNS::Topic"}}}
        return {"TemplateBody": self.templates.get(StackName.replace("-", "_"), topic)}

    def list_stack_resources(self, StackName: str) -> Any:
        names = ("LogicalResourceId", "ResourceStatus")
        return {
            "StackResourceSummaries": [dict(zip(names, one, strict=True)) for one in self.resources]
        }

    def list_imports(self, ExportName: str) -> Any:
        answer = self.importers.get(ExportName, NOBODY)
        if isinstance(answer, Exception):
            raise answer
        return {"Imports": answer}


def read(formation: Formation) -> Any:
    """What is read of an environment called kiban-x whose file has Storage and Other."""
    proposed = handmade.environment(handmade.stack({}), handmade.stack({}, "Other"))
    service: Any = formation
    config = SimpleNamespace(stage="kiban-x", environment="x")
    return read_deployed(environment(service, config=config), proposed)


def test_only_stacks_that_were_made_are_deployed() -> None:
    found = read(
        Formation(
            described("kiban-x-Storage", EnableTerminationProtection=True),
            described("kiban-x-Other", "REVIEW_IN_PROGRESS"),
            described("kiban-prod-Storage"),
        )
    )

    (stack,) = found.assembly.stacks
    assert (stack.label, stack.is_protected) == ("Storage", True)
    assert found.states == {"Storage": "UPDATE_COMPLETE"}
    assert (found.absent, found.importers, found.strays) == (frozenset(), {}, ())
    assert read(Formation(described("kiban-x-Other", "ROLLBACK_COMPLETE"))).states == {}


def test_what_the_template_has_and_the_stack_has_not_is_absent() -> None:
    formation = Formation(described("kiban-x-Storage"))
    formation.resources = [("Other", "CREATE_COMPLETE"), ("It", "DELETE_COMPLETE")]

    assert read(formation).absent == {("Storage", "It")}


EXPORTING = {
    "Resources": {},
    "Outputs": {
        "A": {"Value": "x", "Export": {"Name": "e"}},
        "B": {"Value": "x"},
        "C": {"Value": "x", "Export": {"Name": "f"}},
        "D": {"Value": "x", "Export": {"Name": {"Ref": "AWS::StackName"}}},
    },
}


def test_the_users_of_each_export_are_known_or_it_is_an_error() -> None:
    formation = Formation(described("kiban-x-Storage"), kiban_x_Storage=EXPORTING)
    formation.importers = {"f": ["theirs", "ours"]}

    assert read(formation).importers == {"f": ("theirs", "ours")}
    formation.importers["e"] = refused("Throttling")
    with pytest.raises(ClientError, match="Throttling"):
        read(formation)


def at(*paths: str) -> dict[str, Any]:
    return {
        "Resources": {
            f"R{number}": {"Type": "T", "Metadata": {"aws:cdk:path": path}}
            for number, path in enumerate(paths)
        }
    }


@pytest.mark.parametrize(
    ("name", "template", "is_stray"),
    [
        ("kiban-x-Old", at("kiban-x/Old/It"), True),
        ("kiban-x-Old", at("other", "kiban-x/Old/It"), True),
        ("kiban-x-eu-Old", at("kiban-x-eu/Old/It"), False),
        ("kiban-x-Hand", {"Resources": {"R": {"Type": "T"}}}, False),
        ("kiban-y-Old", at("kiban-x/Old/It"), False),
        ("kiban-x-Storage", at("kiban-x/Storage/It"), False),
    ],
)
def test_a_stray_is_a_stack_of_this_stage_that_the_file_no_longer_has(
    name: str, template: dict[str, Any], is_stray: bool
) -> None:
    formation = Formation(described(name), **{name.replace("-", "_"): template})

    assert read(formation).strays == ((name,) if is_stray else ())


@pytest.mark.parametrize(
    ("name", "outputs", "stages"),
    [
        ("old-x-Storage", OURS, ("old-x",)),
        ("old-x-Storage", ("KeyArn", "LogsBucketName"), ("old-x",)),
        ("old-x-Storage", ("KeyArn",), ()),
        ("old-x-Storage", ("LogsBucketName",), ()),
        ("old-y-Storage", OURS, ()),
        ("kiban-x-Storage", OURS, ()),
        ("old-x-Training", OURS, ()),
    ],
)
def test_another_platform_is_known_by_the_outputs_of_its_storage(
    name: str, outputs: tuple[str, ...], stages: tuple[str, ...]
) -> None:
    assert read(Formation(described(name, "UPDATE_COMPLETE", *outputs))).other_stages == stages


@pytest.mark.parametrize(
    ("statuses", "is_there"),
    [
        ([None], False),
        (["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", None], False),
        ([None, "CREATE_COMPLETE"], True),
        (["DELETE_FAILED"], True),
    ],
)
def test_something_is_deployed_once_a_stack_was_made(
    statuses: list[str | None], is_there: bool
) -> None:
    stacks = {
        str(number): SimpleNamespace(status=status) if status else None
        for number, status in enumerate(statuses)
    }

    env = environment(Service(), stacks=lambda: stacks)
    assert is_anything_deployed(env) is is_there


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
