"""The first rows of a channel, held to a model's settings as its container would."""

from typing import Any

import pytest

from config.training import TrainingConfig
from constructs_lib.training.row_expressions import (
    MOST_LINES,
    columns_expression,
    csv_rules,
    rows_expression,
)
from tests.templates.expressions import value

BYTES = 65_536


def answer(
    text: str,
    *,
    columns: int = 0,
    named: dict[str, Any] | None = None,
    channel: str = "train",
    header: bool = False,
    **hyperparameters: Any,
) -> dict[str, Any]:
    """What the expression says of a file that begins so; columns 0: train itself."""
    given = {"objective": "binary:logistic", "num_round": 5, **hyperparameters}
    kind: Any = "text/csv;header=present" if header else "text/csv"
    rules = csv_rules(TrainingConfig(hyperparameters=given, content_type=kind))
    found: dict[str, Any] = value(
        "{% " + rows_expression(rules, "churn/", BYTES) + " %}",
        states={"result": {"Body": text, "ContentLength": len(text)}},
        rows={"key": f"churn/2026-11-23/{channel}/rows.csv"},
        channel=channel,
        columns=columns,
        named=named or {"features": 0, "texts": []},
    )
    return found


def problem(text: str, **more: Any) -> str:
    return str(answer(text, **more)["problem"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2,3\n0,4,5\n1,2,3,4\n", "line 3: 4 columns, line 1 has 3"),
        ("\n1,2,3\n\n0,4\n", "line 4: 2 columns, line 2 has 3"),
        (
            "y,age,plan\n1,2,3\n",
            "line 1 is a header; remove it, or set content_type to text/csv;header=present",
        ),
        (
            '"y","age"\n1,2\n',
            "line 1 is a header; remove it, or set content_type to text/csv;header=present",
        ),
        ("7,2,3\n", "line 1: label 7 is not 0 or 1 as binary:logistic needs"),
        ("1,2\n0.5,2\n", "line 2: label 0.5 is not 0 or 1 as binary:logistic needs"),
        ("1,2\n,2\n", "line 2: the label is empty; give every row one"),
        ("1,2\nNA,2\n", "line 2: the label is empty; give every row one"),
        ("1,2\nyes,2\n", "line 2: label yes is not a number; write it as one"),
        (
            "1,2,3\n0,1,red\n",
            "line 2: column 3 holds red; write it as a number, or name the column in "
            "categorical_features",
        ),
        ("5\n6\n", "line 1 has 1 columns; give a label and a feature"),
    ],
)
def test_the_first_row_that_does_not_fit_is_named_with_its_line(text: str, said: str) -> None:
    assert problem(text).removeprefix("train/rows.csv ") == said


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3\n0,4,5\n",
        "\ufeff1,2\r\n0,3\r\n",
        "1,NA,nan\n0,,3\n1,inf,n/a\n",
        ' 1 , 2 \n"0","3"\n',
        "+1,.5\n1.,2.\n0e0,1E5\n",
        '1,"a\n',
        "1\t2\n0\t3\n",
        "1;2\n0;3,5\n",
        "1 1:2 2:3\n0 1:4\n",
        "PAR1,1\n",
        "1,2\x00\n0\n",
        "\ufffd\x1f,2\n0\n",
        "",
        "\n\n",
    ],
)
def test_what_the_container_reads_or_explains_better_passes(text: str) -> None:
    assert problem(text) == ""


@pytest.mark.parametrize(
    ("objective", "right", "wrong", "needs"),
    [
        ("reg:squarederror", "-1e3", None, ""),
        ("reg:logistic", "0.5", "1.5", "between 0 and 1"),
        ("count:poisson", "0", "-1", "0 or more"),
        ("reg:gamma", "0.1", "0", "greater than 0"),
        ("reg:squaredlogerror", "-0.5", "-1", "greater than -1"),
        ("rank:pairwise", "40", "1.5", "a whole number from 0 up"),
        ("rank:ndcg", "31", "32", "a whole number from 0 to 31"),
        ("multi:softprob", "2", "3", "a whole number below 3"),
        ("multi:softmax", "0", "-1", "a whole number below 3"),
        ("reg:linear", "7", None, ""),
    ],
)
def test_a_label_is_one_of_its_objective(
    objective: str, right: str, wrong: str | None, needs: str
) -> None:
    more = {"num_class": 3} if objective.startswith("multi") else {}

    assert problem(f"{right},1\n", objective=objective, **more) == ""
    if wrong is not None:
        assert problem(f"{wrong},1\n", objective=objective, **more) == (
            f"train/rows.csv line 1: label {wrong} is not {needs} as {objective} needs"
        )


@pytest.mark.parametrize(
    "more",
    [
        {"categorical_features": "1"},
        {"categorical_features": "plan"},
        {"named": {"features": 2, "texts": [1]}},
    ],
)
def test_a_column_of_categories_may_hold_text(more: dict[str, Any]) -> None:
    assert problem('1,2,red\n0,3,"dark, blue"\n', **more) == ""


def test_a_text_beside_the_categories_is_named() -> None:
    assert problem("1,2,red\n0,x,blue\n", categorical_features="1").startswith(
        "train/rows.csv line 2: column 2 holds x; "
    )


def test_the_columns_are_those_of_train_and_of_the_file_that_names_them() -> None:
    assert answer("1,2,3\n")["columns"] == 3
    assert problem("1,2,3\n", columns=4, channel="test") == (
        "test/rows.csv line 1: 3 columns, train has 4; give both the same columns"
    )
    assert problem("1,2,3\n", columns=3, channel="test") == ""
    assert problem("1,2,3\n", named={"features": 3, "texts": []}) == (
        "train/rows.csv line 1: 3 columns, _columns.json names 4"
    )
    assert problem("1,0.5,3\n", csv_weights=1, named={"features": 1, "texts": []}) == ""


def test_a_header_that_is_announced_is_no_row() -> None:
    assert problem("y,age\n1,2\n0,3\n", header=True) == ""
    assert problem("y,age\n1,2\n5,3\n", header=True).startswith("train/rows.csv line 3: label 5")
    assert problem("1,2\n0,3\n", header=True) == (
        "train/rows.csv line 1 is no header; set content_type to text/csv"
    )


def test_a_line_that_the_range_cut_is_not_judged() -> None:
    row = f"1,{'2' * 9_998}\n"

    assert problem(f"{row * 6}{'x' * BYTES}"[:BYTES]) == ""
    assert problem(f"{row * 5}x,1\n{'3' * BYTES}"[:BYTES]) != ""


def test_only_the_first_lines_are_looked_at() -> None:
    assert problem("1,2\n" * (MOST_LINES - 1) + "x\n") != ""
    assert problem("1,2\n" * MOST_LINES + "x\n") == ""


def test_the_file_that_names_columns_says_which_hold_categories() -> None:
    body = (
        '{"format": 1, "label": {"name": "y"}, "features": [{"name": "a"}, '
        '{"name": "b", "categorical": true}, {"name": "c"}, {"name": "d", "categorical": true}]}'
    )

    assert value("{% " + columns_expression() + " %}", states={"result": {"Body": body}}) == {
        "features": 4,
        "texts": [1, 3],
    }
    body = '{"features": [{"name": "a"}]}'
    assert value("{% " + columns_expression() + " %}", states={"result": {"Body": body}}) == {
        "features": 1,
        "texts": [],
    }
