"""Generated cases: what they change, and what the table of meaning says of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from reviewer.assembly import Assembly, read_assembly
from tools.review_corpus.generated.definitions import definition_cases
from tools.review_corpus.generated.meaning import Meaning, Row, read_meaning
from tools.review_corpus.generated.mutation import Kind, Mutation, Mutations
from tools.review_corpus.generated.policies import policy_cases
from tools.review_corpus.generated.properties import property_cases, removal_cases
from tools.review_corpus.generated.statements import allow_changes, deny_changes

MEANING = read_meaning()
ALLOW = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::data/*",
    "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["a", "b"]}


@pytest.fixture(scope="module")
def prod(synthesis: Path) -> Assembly:
    return read_assembly(synthesis, "prod")


class Asked(Meaning):
    """The table, which remembers the rows that it gave."""

    given: ClassVar[set[Row]] = set()

    def of(self, kind: str, path: str, mutation: Mutation) -> Row:
        row = super().of(kind, path, mutation)
        self.given.add(row)
        return row


def mutations(tree: Any) -> dict[tuple[Kind, str], Any]:
    def references(value: Any) -> Iterator[tuple[Kind, Any]]:
        yield "foreign", "elsewhere"

    def texts(path: str, text: str) -> Iterator[str]:
        yield f"{text}-other"

    found = {}
    for mutation in Mutations(references, texts).of(tree):
        copy = {"A": tree["A"]}
        mutation.apply(copy)
        found[mutation.kind, mutation.path] = copy.get("A")
    return found


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (True, {"flipped": False, "removed": None}),
        (3, {"lower": 1, "higher": 6, "removed": None}),
        (0, {"higher": 10, "removed": None}),
        ("x", {"other": "x-other", "removed": None}),
        ({"Ref": "It"}, {"foreign": "elsewhere", "removed": None}),
        ({"Fn::GetAtt": ["It", "Arn"]}, {"foreign": "elsewhere", "removed": None}),
    ],
)
def test_a_value_is_weakened_by_its_kind(value: Any, wanted: dict[str, Any]) -> None:
    found = {kind: after for (kind, _), after in mutations({"A": value}).items()}

    assert found == wanted


def test_a_list_is_emptied_and_shortened() -> None:
    found = mutations({"A": ["x", "y"]})

    assert found["emptied", "A"] == []
    assert found["fewer", "A"] == ["x"]
    assert ("fewer", "A") not in mutations({"A": ["x"]})


def test_every_row_of_the_table_speaks_of_something(prod: Assembly) -> None:
    asked = Asked(MEANING.rows, MEANING.values)
    for cases in (
        property_cases(prod, asked, every=True),
        removal_cases(prod, asked),
        definition_cases(prod, asked, every=True),
    ):
        list(cases)

    assert [row for row in MEANING.rows if row not in asked.given] == []


def test_a_generated_harmless_case_says_why(prod: Assembly) -> None:
    cases = [*policy_cases(prod, every=True), *property_cases(prod, MEANING, every=True)]

    assert [case.name for case in cases if bool(case.why) == case.asks and not case.asks] == []


def test_every_resource_is_in_the_corpus(prod: Assembly) -> None:
    cases = [*property_cases(prod, MEANING, every=True), *policy_cases(prod, every=True)]
    planted = {place for case in cases if case.asks for place in case.places}

    # Pictures for people: whatever changes in a dashboard hurts nobody.
    pictures = {item.path for item in prod.resources("AWS::CloudWatch::Dashboard")}
    assert {item.path for item in prod.resources()} - planted - pictures == set()


def test_a_permission_is_widened_narrowed_and_said_otherwise() -> None:
    changes = {one.name: one for one in allow_changes(ALLOW, is_identity=True)}

    assert changes["all actions"].statement == {**ALLOW, "Action": "*"}
    assert "NotAction" in (changes["all actions but these"].statement or {})
    assert "Condition" not in (changes["without its conditions"].statement or {})
    assert not changes["every resource"].why
    assert changes["one action less"].why and changes["removed"].statement is None


def test_a_policy_of_a_resource_is_not_taken_for_harmless_when_it_goes() -> None:
    statement = {**ALLOW, "Principal": {"Service": "sns.amazonaws.com"}}
    changes = [one for one in allow_changes(statement, is_identity=False)]

    assert "removed" not in {one.name for one in changes}
    assert {"anybody", "a stranger, too"} <= {one.name for one in changes if not one.why}


def test_a_refusal_is_removed_turned_round_and_narrowed() -> None:
    changes = {one.name: one for one in deny_changes(DENY, is_identity=False)}

    assert changes["refusal removed"].statement is None
    assert changes["refuses one resource less"].statement == {**DENY, "Resource": ["a"]}
    assert [one.name for one in changes.values() if one.why] == ["refuses it everywhere"]
