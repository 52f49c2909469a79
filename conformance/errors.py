"""What can be wrong with the question itself, before any container is looked at."""


class TargetError(Exception):
    """Nothing to look at, or a wrong `conformance.toml`; one line: where, what, got, do."""
