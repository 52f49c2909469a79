"""The whole corpus: cases written by hand and cases generated from an environment."""

from collections.abc import Iterator

from reviewer.assembly import Assembly
from tools.review_corpus.case import Case
from tools.review_corpus.generated.definitions import definition_cases
from tools.review_corpus.generated.meaning import read_meaning
from tools.review_corpus.generated.policies import policy_cases
from tools.review_corpus.generated.properties import property_cases, removal_cases
from tools.review_corpus.handwritten import handwritten_cases
from tools.review_corpus.source import source_cases


def all_cases(assembly: Assembly, *, every: bool) -> Iterator[Case]:
    """Every case; with `every`, those that like resources share are repeated on each of them."""
    yield from handwritten_cases()
    yield from source_cases()
    meaning = read_meaning()
    yield from property_cases(assembly, meaning, every=every)
    yield from removal_cases(assembly, meaning)
    yield from policy_cases(assembly, every=every)
    yield from definition_cases(assembly, meaning, every=every)
