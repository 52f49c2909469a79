"""The training data of the suite: two classes that are easy to tell apart, the same every time."""

import random

FEATURES = 4
_SEED = 20


def labelled_csv(count: int, seed: int = _SEED) -> str:
    """Lines of a label, 0 or 1, and the features; no header."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        label = number % 2
        values = _features(chance, label)
        lines.append(",".join([str(label), *values]))
    return "\n".join(lines) + "\n"


def requests(count: int) -> list[str]:
    """Bodies of one row each, all different, features only."""
    chance = random.Random(_SEED + 1)
    return [",".join(_features(chance, number % 2)) for number in range(count)]


def _features(chance: random.Random, label: int) -> list[str]:
    # The first feature nearly gives the label away, the last has nothing to do with it.
    return [
        f"{chance.gauss(2.0 * label / (place + 1), 1.0):.4f}" for place in range(FEATURES - 1)
    ] + [f"{chance.gauss(0.0, 1.0):.4f}"]
