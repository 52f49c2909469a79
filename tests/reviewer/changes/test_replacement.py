"""What an update replaces, and what is replaced along with it, by hand-made environments."""

from typing import Any

import pytest

from reviewer.assembly import Assembly
from reviewer.changes.replacement import certainly_replaced, changed_among, replaced
from reviewer.changes.resource_diff import Revision, diff_resources
from tests.reviewer.handmade import environment, one, stack

TOPIC, MODEL, CONFIG = (
    *("AWS::SNS::Topic", "AWS::SageMaker::Model"),
    "AWS::SageMaker::EndpointConfig",
)
Look = Any


def causes(old: Assembly, new: Assembly, look: Look = replaced) -> dict[str, str]:
    found = diff_resources(Revision(old), Revision(new))
    return {
        path.removeprefix("Storage/"): cause for path, cause in look(found, "us-east-1").items()
    }


def served(image: str) -> Assembly:
    """A model, a configuration that serves it, and a topic that only mentions both."""
    variant = {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}, "VariantName": "v"}
    said = {"Fn::Join": ["", [{"Ref": "Model"}, {"Ref": "Config"}]]}
    return environment(
        stack(
            {
                "Model": {"Type": MODEL, "Properties": {"PrimaryContainer": {"Image": image}}},
                "Config": {"Type": CONFIG, "Properties": {"ProductionVariants": [variant]}},
                "Topic": {"Type": TOPIC, "Properties": {"DisplayName": said}},
            }
        )
    )


@pytest.mark.parametrize("look", [replaced, certainly_replaced])
def test_what_cannot_change_what_it_refers_to_is_replaced_with_it(look: Look) -> None:
    found = causes(served("a"), served("b"), look)

    assert found == {
        "Model": "PrimaryContainer",
        "Config": "ProductionVariants: Storage/Model is replaced",
    }
    assert causes(served("a"), served("a"), look) == {}


def test_what_comes_or_goes_is_not_replaced() -> None:
    there, gone = one(TOPIC, {"TopicName": "a"}), one(TOPIC, None)

    assert causes(there, gone) == causes(gone, there) == {}
    assert causes(there, one(TOPIC, {"TopicName": "b"})) == {"It": "TopicName"}
    assert causes(there, one("AWS::SQS::Queue", {})) == {"It": "its type"}
    assert causes(there, one(TOPIC, {"TopicName": "a", "DisplayName": "b"})) == {}


def test_what_is_new_is_not_replaced_although_it_refers_to_what_is() -> None:
    alone, beside = served("a"), served("b")
    del alone.stacks[0].template["Resources"]["Config"]

    assert causes(alone, beside) == {"Model": "PrimaryContainer"}


@pytest.mark.parametrize(
    ("old", "new", "names", "changed"),
    [
        ({"A": 1}, {"A": 2}, ("A", "B"), ["A"]),
        ({"A": {"B": 1}}, {"A": {"B": 2}}, ("A",), ["A"]),
        ({"A": {"B": 1}}, {"A": {"B": 2}}, ("A/B", "A/C"), ["A/B"]),
        ({"A": 1}, {"A": 2}, ("A/B",), ["A/B"]),
        ({"Ab": 1}, {"Ab": 2}, ("A", "Abc"), []),
        ({"B": 1, "A": 1}, {"B": 2, "A": 2}, ("B", "A"), ["A", "B"]),
    ],
)
def test_a_change_touches_a_name_above_it_and_below_it(
    old: dict[str, Any], new: dict[str, Any], names: tuple[str, ...], changed: list[str]
) -> None:
    (diff,) = diff_resources(Revision(one(TOPIC, old)), Revision(one(TOPIC, new)))

    assert changed_among(diff, names) == changed
