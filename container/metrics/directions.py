"""Direction of each metric: is more better?"""

_MAXIMISED = {
    *("accuracy", "balanced_accuracy", "f1", "f1_binary", "f1_macro"),
    *("precision", "precision_macro", "precision_micro", "recall", "recall_macro", "recall_micro"),
    # The built-in minimises the last of these by mistake.
    *("auc", "aucpr", "map", "ndcg", "r2", "interval-regression-accuracy"),
}


def is_maximised(metric: str) -> bool:
    """Return whether more is better; `ndcg@5` counts as `ndcg`."""
    return metric.partition("@")[0] in _MAXIMISED
