"""Metrics as people read them: which average over classes one is, and rounded values."""

# By the contract with the container, docs/architecture.md; of what a gate may ask for.
_AVERAGES = {"f1": "macro"}


def metric_title(metric: str) -> str:
    """Return the name of a metric, with the average that it is."""
    return f"{metric} ({_AVERAGES[metric]})" if metric in _AVERAGES else metric


def metric_text(value: float) -> str:
    """Return a value rounded to what tells two versions apart: `0.9912`, `48211.52`, `1.2e-05`."""
    if value != 0 and abs(value) < 0.001:
        return f"{value:.2g}"
    return f"{value:.4f}" if abs(value) < 1_000 else f"{value:.2f}"
