from typing import Any

import pytest

from cfn.live.differences import UNKNOWN, UNKNOWN_TEXT, Difference, differences

KIND = "AWS::Example::Thing"
NOTHINGS: list[Any] = [
    None,
    False,
    "",
    "false",
    {},
    [],
    {"A": None},
    {"A": {"B": ""}},
    {"A": False},
    [None],
    [{"A": ""}],
]


def spelled(value: object) -> str:
    """A value as part of a test's name, which must be the same in every process."""
    return str(value).replace(str(UNKNOWN), "UNKNOWN")


def found(wanted: Any, live: Any, name: str = "Setting") -> list[tuple[str, Any, Any]]:
    """What differs in one property that the template has."""
    return [(one.path, one.expected, one.actual) for one in _all(wanted, live, name)]


def _all(wanted: Any, live: Any, name: str) -> list[Any]:
    return list(differences(KIND, {name: wanted}, {name: live}))


@pytest.mark.parametrize("nothing", NOTHINGS, ids=spelled)
def test_nothing_off_and_empty_are_the_same(nothing: Any) -> None:
    assert list(differences(KIND, {}, {"Setting": nothing})) == []
    assert found("", nothing) == []


@pytest.mark.parametrize(
    "thing", [True, 0, "x", "0", {"A": 1}, [0], {"A": [{"B": 1}]}], ids=spelled
)
def test_what_a_template_leaves_out_is_a_difference_when_it_is_there(thing: Any) -> None:
    (one,) = differences(KIND, {}, {"Setting": thing})

    assert (one.path, one.expected, one.actual) == ("Setting", None, thing)
    assert one.is_left_out


def test_what_a_template_has_is_not_left_out() -> None:
    (one,) = differences(KIND, {"Setting": "a"}, {"Setting": "b"})

    assert (one.path, one.expected, one.actual) == ("Setting", "a", "b")
    assert not one.is_left_out
    assert one == Difference("Setting", "a", "b")


def test_a_property_that_no_reader_reads_is_not_compared() -> None:
    assert list(differences(KIND, {"Setting": "a"}, {})) == []


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        (True, "true"),
        ("true", True),
        (5, "5"),
        ("5", 5.0),
        (0.25, "0.250"),
        (["b", "a"], ["a", "b"]),
        ({"A": 1}, {"A": "1", "OfAws": "own"}),
        ({"A": {"B": ["x"]}}, {"A": {"B": ["x"]}}),
        ([[{"a": 1, "b": 2}], [{"a": 2, "b": 1}]], [[{"b": 1, "a": 2}], [{"b": 2, "a": 1}]]),
        (UNKNOWN, "anything"),
        ([UNKNOWN], ["anything"]),
        ({"A": UNKNOWN}, {"A": ["b"]}),
    ],
    ids=spelled,
)
def test_values_that_say_the_same_do_not_differ(wanted: Any, live: Any) -> None:
    assert found(wanted, live) == []


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        (True, False, ("Setting", True, False)),
        (True, "1", ("Setting", True, "1")),
        (5, 6, ("Setting", 5, 6)),
        (0, None, ("Setting", 0, None)),
        ("a", "A", ("Setting", "a", "A")),
        ({"A": 1}, {"A": 2}, ("Setting/A", 1, 2)),
        ({"A": 1}, None, ("Setting/A", 1, None)),
        ({"A": {"B": 1}}, {"A": {}}, ("Setting/A/B", 1, None)),
        (["a"], ["a", "b"], ("Setting", ["a"], ["a", "b"])),
        (["a"], None, ("Setting", ["a"], [])),
        (["a", "b"], ["c", "a"], ("Setting", "b", "c")),
    ],
    ids=spelled,
)
def test_a_difference_is_named_by_its_place(
    wanted: Any, live: Any, expected: tuple[str, Any, Any]
) -> None:
    assert found(wanted, live) == [expected]


@pytest.mark.parametrize(
    "identity",
    ["Id", "ID", "Key", "Name", "VariantName", "PolicyName", "ScheduledActionName"],
)
def test_items_with_a_name_are_compared_by_it(identity: str) -> None:
    wanted = [{identity: "a", "V": 1}, {identity: "b", "V": 2}]

    assert found(wanted, [{identity: "b", "V": 2}, {identity: "a", "V": 1}]) == []
    assert found(wanted, [{identity: "b", "V": 3}, {identity: "a", "V": 1}]) == [
        ("Setting/b/V", 2, 3)
    ]


@pytest.mark.parametrize("name", ["EndpointConfigName", "LifecycleConfigName"])
def test_a_name_that_sagemaker_writes_in_small_letters_is_compared_without_case(name: str) -> None:
    assert found("Kiban-Churn", "kiban-churn", name) == []
    assert found("Kiban-Churn", "kiban-fraud", name) == [(name, "Kiban-Churn", "kiban-fraud")]


def test_the_rules_of_a_security_group_are_compared_line_by_line() -> None:
    wanted = {
        "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 443, "CidrIp": "10.0.0.0/8"}],
        "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"}],
    }
    live = {
        "SecurityGroupIngress": ["tcp 443-None 10.0.0.0/8"],
        "SecurityGroupEgress": ["-1 10.0.0.0/8"],
    }
    opened = {**live, "SecurityGroupIngress": ["-1 0.0.0.0/0"]}

    assert list(differences("AWS::EC2::SecurityGroup", wanted, live)) == []
    assert [one.path for one in differences("AWS::EC2::SecurityGroup", wanted, opened)] == [
        "SecurityGroupIngress"
    ]


DOCUMENTS = [
    "AssumeRolePolicyDocument",
    "DashboardBody",
    "DefinitionString",
    "EventPattern",
    "KeyPolicy",
    "LifecyclePolicyText",
    "ModelPackageGroupPolicy",
    "PolicyDocument",
    "RepositoryPolicyText",
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_more_word_in_a_document_is_a_difference(name: str) -> None:
    wanted, live = {"a": 1}, {"a": 1, "b": 2}

    assert found(wanted, live, name) == [(name, wanted, live)]
    assert found({"Deep": {name: wanted}}, {"Deep": {name: live}}) == [
        (f"Setting/Deep/{name}", wanted, live)
    ]
    assert found(wanted, live) == []


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ('{"a": [1, 2]}', {"a": [2, 1]}),
        ({"a": [1]}, {"a": 1}),
        ({"a": "x"}, {"a": ["x"]}),
        ({"Version": "2012-10-17", "a": 1}, {"a": 1}),
        ({"a": UNKNOWN}, {"a": {"b": 1}}),
        (UNKNOWN, {"a": 1}),
        ({"a": f"arn:{UNKNOWN_TEXT}:x"}, {"a": "arn:aws:x"}),
        ({"a": 5}, {"a": "5"}),
        ("not JSON", "not JSON"),
        ({"a": None}, {}),
    ],
    ids=spelled,
)
def test_documents_that_say_the_same_do_not_differ(wanted: Any, live: Any) -> None:
    assert found(wanted, live, "PolicyDocument") == []


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}),
        ({"a": [1, 2]}, {"a": [1, 2, 2]}),
        ({"a": ["x", "y"]}, {"a": "xy"}),
        ({"a": "xy"}, {"a": ["x", "y"]}),
        ({"a": 1}, {"a": 2}),
        ({"a": {"b": 1}}, {"a": "b"}),
        ({"a": "b"}, {"a": {"b": 1}}),
        ({"a": "known"}, {"a": "other"}),
        ({"a": []}, {"a": [1, 2]}),
        ({}, {"a": 1}),
    ],
    ids=spelled,
)
def test_documents_that_say_something_else_differ(wanted: Any, live: Any) -> None:
    assert found(wanted, live, "PolicyDocument") == [("PolicyDocument", wanted, live)]
