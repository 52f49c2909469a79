"""What a plan reads of CloudFormation, by hand-made answers."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.planning.deployed_state import is_anything_deployed, read_deployed
from tests.cli.service import Service, environment, refused
from tests.reviewer import handmade

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
