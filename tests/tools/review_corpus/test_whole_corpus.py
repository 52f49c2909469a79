"""The corpus on the review as it is: recall and precision keep their limits."""

from pathlib import Path

import pytest

from reviewer.assembly import Assembly, read_assembly
from reviewer.pricing.prices import read_prices
from tests.templates.synthesis import REPO
from tools.review_corpus.case import Case
from tools.review_corpus.corpus import all_cases
from tools.review_corpus.report import missed_lines, score
from tools.review_corpus.trial import Outcome, Trials

# A case costs 45 ms of processor time. `make corpus` tries them all in two minutes.
_STEP_OF_ACCEPTANCE = 6
_STEP_OF_SAMPLE = 61


@pytest.fixture(scope="module")
def prod(synthesis: Path) -> Assembly:
    return read_assembly(synthesis, "prod")


@pytest.fixture(scope="module")
def cases(prod: Assembly) -> list[Case]:
    return [case for case in all_cases(prod, every=False) if case.origin != "source"]


def tried(prod: Assembly, cases: list[Case]) -> list[Outcome]:
    trials = Trials(prod, read_prices(REPO / "prices", prod.region))
    return [trials.of(case) for case in cases]


def test_a_sample_breaks_no_review_off(prod: Assembly, cases: list[Case]) -> None:
    outcomes = tried(prod, cases[::_STEP_OF_SAMPLE])

    assert [one.error for one in outcomes if one.error] == []


@pytest.mark.acceptance
def test_every_case_by_hand_and_a_sixth_of_the_generated_ones_keep_the_limits(
    prod: Assembly, cases: list[Case]
) -> None:
    by_hand = [case for case in cases if case.origin == "by hand"]
    generated = [case for case in cases if case.origin == "generated"]

    outcomes = tried(prod, [*by_hand, *generated[::_STEP_OF_ACCEPTANCE]])

    assert score(outcomes).is_enough, "\n".join(missed_lines(outcomes))
