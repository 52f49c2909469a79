"""A mistake is named with its line in the file."""

from pathlib import Path

import pytest

from config.reading.line_numbers import with_line_number
from tests.config.files import numbered_refusal

TEXT = """\
# A comment.
[platform]
region = "us-esat-1"
"x y" = 1

[models.churn]
training.hyperparameters = { objective = "binary:logistic", num_rounds = 9 }
[ models . churn . gate ]  # the gate
minimum = 80
[models.fraud.gate]
metric = "beauty"
minimum = 0.8
"""


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("platform.region: AWS has no such region", 3),
        ('platform."x y": unknown key', 4),
        ("models.churn.training.hyperparameters.num_rounds: unknown", 7),
        ("models.churn.gate.minimum: must be", 9),
        ("models.churn.gate: auc is between", 8),
        ("models.churn.gate.maximum: missing", 8),
        ("models.fraud.training.hyperparameters.num_round: missing", 10),
        ("models.fraud.gate.metric: unknown metric", 11),
        ("models: is empty", 6),
        ("platform.region is one and models.churn another", 3),
    ],
)
def test_a_message_says_the_line_of_its_key_or_of_the_table_around_it(
    message: str, line: int
) -> None:
    assert with_line_number(message, TEXT) == f"{message} (line {line})"


@pytest.mark.parametrize("message", ["workbench: missing", "is UTF-16", "not valid TOML: x", ""])
def test_what_stands_nowhere_has_no_line(message: str) -> None:
    assert with_line_number(message, TEXT) == message


def test_a_value_of_several_lines_might_look_like_keys() -> None:
    text = '[platform]\nname = """\nregion = 1\n"""\nregion = "x"\n'

    assert with_line_number("platform.region: x", text) == "platform.region: x"


def test_a_file_is_refused_with_the_line_of_each_mistake(tmp_path: Path) -> None:
    lines = numbered_refusal(tmp_path, TEXT).splitlines()

    assert [line.rpartition(" (")[2] for line in lines] == [
        "line 3)",
        "line 4)",
        "line 8)",
        "line 10)",
    ]
