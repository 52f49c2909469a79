"""Whatever stands in a real template: a review ends, or refuses it with an error that says so."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cfn.assembly import AssemblyError
from reviewer.assembly import Assembly
from reviewer.errors import ReviewError
from reviewer.pricing.prices import read_prices
from tests.reviewer.mutations import KINDS, VALUES, Mutation, mutated, review

PRICES = read_prices(Path(__file__).parents[2] / "prices", "us-east-1")
_PLACES = st.integers(0, 20_000)
CASES = st.tuples(
    st.integers(0, 6),
    st.lists(
        st.builds(
            Mutation,
            kind=st.sampled_from(KINDS),
            place=_PLACES,
            value=st.integers(0, len(VALUES) - 1),
            other=_PLACES,
        ),
        min_size=1,
        max_size=4,
    ),
)
# The same cases in every run; what is found is a case of the table below, not of a data base.
bounded = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
Case = tuple[int, list[Mutation]]


def ends(prod: Assembly, case: Case) -> None:
    number, mutations = case
    stack = prod.stacks[number % len(prod.stacks)]
    with contextlib.suppress(AssemblyError, ReviewError):
        review(stack, mutated(stack, mutations), prod, PRICES)


@bounded
@given(case=CASES)
def test_a_mutated_template_is_reviewed_or_refused(prod: Assembly, case: Case) -> None:
    ends(prod, case)


@pytest.mark.acceptance
@settings(bounded, max_examples=2_000)
@given(case=CASES)
def test_two_thousand_mutated_templates_are_reviewed_or_refused(prod: Assembly, case: Case) -> None:
    """40 to 60 seconds of CPU."""
    ends(prod, case)


def test_a_mutation_that_breaks_a_reader_is_not_hidden(prod: Assembly) -> None:
    stack = prod.stacks[0]

    with pytest.raises(AssemblyError, match="is a text, not an object"):
        review(stack, mutated(stack, [Mutation("value", 0, VALUES.index("x"))]), prod, PRICES)
