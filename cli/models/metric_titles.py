"""Titles of metrics for people: which average over classes one is."""

# By the contract with the container, docs/architecture.md; of what a gate may ask for.
_AVERAGES = {"f1": "macro"}


def metric_title(metric: str) -> str:
    """Return the name of a metric, with the average that it is."""
    return f"{metric} ({_AVERAGES[metric]})" if metric in _AVERAGES else metric
