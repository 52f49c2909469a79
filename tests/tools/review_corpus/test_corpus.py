"""The corpus: every case changes what it says it changes, and an outcome is judged by its place."""

from pathlib import Path

import pytest

from reviewer.assembly import Assembly, read_assembly
from reviewer.changes.finding import Finding
from tools.review_corpus.case import Case, CorpusError
from tools.review_corpus.corpus import all_cases
from tools.review_corpus.edits import append, edited, look, remove, replace_text, set_value
from tools.review_corpus.report import MIN_HARMLESS, MIN_PLANTED, score
from tools.review_corpus.trial import Outcome


@pytest.fixture(scope="module")
def prod(synthesis: Path) -> Assembly:
    return read_assembly(synthesis, "prod")


@pytest.fixture(scope="module")
def by_hand(prod: Assembly) -> list[Case]:
    return [case for case in all_cases(prod, every=False) if case.origin == "by hand"]


def case(*, asks: bool = True) -> Case:
    return Case("a change", "area", asks, "by hand", ("Storage/Data",), lambda assembly: assembly)


def outcome(
    *, asks: bool = True, own: bool = False, rule: str = "versioning-off", error: str = ""
) -> Outcome:
    finding = Finding(rule, "data", "Storage/Data", "said")
    return Outcome(case(asks=asks), (finding,), (finding,) if own else (), error)


def test_every_case_changes_the_environment(prod: Assembly, by_hand: list[Case]) -> None:
    idle = []
    for one in by_hand:
        before = prod if one.before is None else one.before(prod)
        if one.change(before) == before:
            idle.append(one.name)

    assert idle == []


def test_no_two_cases_of_an_area_have_the_same_name_and_place(by_hand: list[Case]) -> None:
    names = [(one.area, one.asks, one.name, one.places) for one in by_hand]

    assert len(names) == len(set(names))


def test_the_cases_by_hand_are_enough_to_say_something(by_hand: list[Case]) -> None:
    assert sum(one.asks for one in by_hand) >= MIN_PLANTED
    assert sum(not one.asks for one in by_hand) >= MIN_HARMLESS


def test_a_planted_change_counts_only_when_it_is_named_where_it_is() -> None:
    assert not outcome().is_right
    assert outcome(own=True).is_right
    assert not outcome(own=True, error="KeyError: 'Effect'").is_right


def test_a_harmless_change_counts_only_when_nobody_is_asked() -> None:
    assert not outcome(asks=False).is_right
    assert Outcome(case(asks=False), (), ()).is_right
    assert not Outcome(case(asks=False), (), (), "KeyError: 'Effect'").is_right


@pytest.mark.parametrize("rule", ["not-known-harmless", "added", "removed", "changed"])
def test_a_rule_for_anything_has_no_words_of_its_own(rule: str) -> None:
    assert not outcome(own=True, rule=rule).has_words
    assert outcome(own=True).has_words


def test_many_planted_changes_do_not_hide_loud_harmless_ones() -> None:
    planted = [outcome(own=True)] * 1_000
    harmless = [Outcome(case(asks=False), (), ())] * 95 + [outcome(asks=False)] * 5

    assert score(planted + harmless).precision > 99
    assert not score(planted + harmless).is_enough
    assert score(planted + harmless[:95]).is_enough


def test_one_missed_change_in_fifty_is_too_much() -> None:
    assert not score([outcome(own=True)] * 49 + [outcome()]).is_enough


def test_an_edit_finds_an_item_of_a_list_by_its_text() -> None:
    tree = {"Rules": [{"Id": "a"}, {"Id": "b", "Days": 1}]}

    set_value(tree, "Rules/[b]/Days", 2)
    append(tree, "Rules/[b]/Tags", "x")
    remove(tree, "Rules/[a]")

    assert tree == {"Rules": [{"Id": "b", "Days": 2, "Tags": ["x"]}]}
    assert look(tree, "Rules/0/Tags/0") == "x"


@pytest.mark.parametrize("path", ["Nothing", "Rules/[c]", "Rules/[a]/Nothing"])
def test_an_edit_of_what_is_not_there_is_refused(path: str) -> None:
    with pytest.raises(CorpusError):
        remove({"Rules": [{"Id": "a"}]}, path)


def test_a_text_that_is_not_there_is_refused() -> None:
    assert replace_text(["a-b", "b"], "b", "c") == ["a-c", "b"]
    with pytest.raises(CorpusError, match="no text 'x'"):
        replace_text(["a-b"], "x", "c")


def test_an_edit_leaves_the_environment_it_began_with_alone(prod: Assembly) -> None:
    before = repr(prod.stacks[0].template)

    edited(prod, prod.stacks[0].label, lambda stack: stack.template.clear())

    assert repr(prod.stacks[0].template) == before
