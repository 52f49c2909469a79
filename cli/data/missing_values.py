"""Words for a value that is not there, as spreadsheets, R, pandas and databases write them."""

_WORDS = ("na", "n/a", "#n/a", "#na", "<na>", "null", "nan", "-nan", "?", "\\n")
MISSING = frozenset(
    variant for word in _WORDS for variant in (word, word.upper(), word.title(), "NaN", "-NaN")
)
"""Besides an empty cell."""
