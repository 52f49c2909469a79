"""The whole corpus: cases written by hand and cases generated from an environment."""

from collections.abc import Iterator

from reviewer.assembly import Assembly
from tools.review_corpus.case import Case
from tools.review_corpus.handwritten import handwritten_cases


def all_cases(assembly: Assembly, *, every: bool) -> Iterator[Case]:
    """Every case; with `every`, those that like resources share are repeated on each of them."""
    yield from handwritten_cases()
