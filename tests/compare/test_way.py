from typing import Any

import pytest

from compare import settings
from compare.comparison import compare
from compare.differences import Difference, differences, touches
from compare.plain import plain
from compare.settings import changes, renamed, steps
from config.loader import environment_names, load_environment
from config.schema import EnvironmentConfig
from tests.templates.environments import ACCOUNT, make_environment


@pytest.mark.parametrize("first", environment_names())
@pytest.mark.parametrize("second", environment_names())
def test_the_way_takes_every_setting_once_and_ends_at_the_other_file(
    first: str, second: str
) -> None:
    start, end = load_environment(first), load_environment(second)

    way = steps(start, end)

    taken = [change for step in way for change in step.changes]
    assert sorted(taken, key=lambda one: one.name) == sorted(
        changes(start, end), key=lambda one: one.name
    )
    assert (way[-1].config if way else start) == renamed(end, start)


def test_a_setting_that_may_change_alone_is_a_step_of_its_own() -> None:
    start, end = load_environment("dev"), load_environment("prod")

    alone = [step.changes[0].name for step in steps(start, end) if len(step.changes) == 1]

    assert "platform.removal" in alone
    assert "models.churn.endpoint.instance_type" in alone


def pinned() -> EnvironmentConfig:
    return make_environment(platform={"account": ACCOUNT})


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "AWS::AccountId"}, "<account>"),
        (f"arn:aws:s3:::kiban-test-x-{ACCOUNT}", "arn:<partition>:s3:::<stage>-x-<account>"),
        ("arn:aws-cn:sns:us-east-1:a", "arn:<partition>:sns:<region>:a"),
        (
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "Data"}]]},
            "arn:<partition>:s3:::${Data}",
        ),
        ({"Ref": "Data"}, {"Ref": "Data"}),
        ({"Name": ["kiban-test-churn", 3, True]}, {"Name": ["<stage>-churn", 3, True]}),
    ],
)
def test_names_places_and_partitions_are_made_alike(node: Any, expected: Any) -> None:
    assert plain(node, pinned()) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Difference(("a", "b"), 1, 2)]),
        ({"a": {"b": 1}}, {}, [Difference(("a",), {"b": 1}, None)]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [Difference(("a", "1"), 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference(("a",), [1], [1, 2])]),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, []),
    ],
)
def test_a_difference_is_as_deep_as_the_shapes_agree(
    first: Any, second: Any, expected: list[Difference]
) -> None:
    assert list(differences(first, second)) == expected


def test_a_place_touches_what_lies_in_it_and_what_it_lies_in() -> None:
    assert touches(("a", "b"), [("a",)])
    assert touches(("a",), [("a", "b")])
    assert not touches(("a", "b"), [("a", "c")])


class Unwell:
    """A class of settings that fails by another cause than a wrong setting."""

    @staticmethod
    def model_validate(values: object) -> EnvironmentConfig:
        raise RuntimeError("no memory")


def test_a_failure_that_is_no_wrong_setting_ends_the_search_for_a_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start, end = make_environment(), make_environment(platform={"removal": "retain"})
    monkeypatch.setattr(settings, "EnvironmentConfig", Unwell)

    with pytest.raises(RuntimeError, match="no memory"):
        steps(start, end)


def test_an_environment_that_was_not_synthesised_is_noticed() -> None:
    two_settings = {"removal": "retain", "log_retention_days": 90}
    start, end = make_environment(), make_environment(platform=two_settings)

    with pytest.raises(ValueError, match="shorter"):
        compare(start, end, lambda configs: [{"a": number} for number in range(len(configs) - 1)])
