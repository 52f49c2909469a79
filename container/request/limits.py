"""Bounds on the rows and features of a request, the same for all formats."""

from container.contract.http_errors import bad_request


def check_row_count(rows: int) -> None:
    """Raise HTTPError for no rows; of how many there may be, see the response's numbers."""
    if rows < 1:
        raise bad_request("the body has no rows; send at least one")


def check_width(where: str, width: int, expected: int, lenient: bool = False) -> None:
    """Raise HTTPError unless a row has all features; `lenient`: the last ones may lack."""
    if width != expected and not (lenient and 0 < width < expected):
        raise bad_request(f"{where} has {width} features; this model takes {expected}")
