"""Labels: codes of text, and what the objective of the model can learn."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.data.labels import Objective
from tests.cli.data.files import (
    BINARY,
    QUANTITY,
    UNSAID,
    classes,
    lines,
    noise,
    put,
    refusal,
    write,
)

UNDER = "under [models.churn.training.hyperparameters] in config/dev.toml"


def labelled(label: Callable[[int], str], count: int = 60) -> str:
    return lines("y,a", lambda n: f"{label(n)},{noise(n)}", count)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("no", "yes"), ("no", "yes")),
        (("Yes", "No"), ("No", "Yes")),
        (("TRUE", "FALSE"), ("FALSE", "TRUE")),
        (("n", "y"), ("n", "y")),
        (("malignant", "benign"), ("benign", "malignant")),
        (("yes", "maybe"), ("maybe", "yes")),
    ],
)
def test_text_labels_become_codes_with_no_and_false_first(
    tmp_path: Path, words: tuple[str, str], expected: tuple[str, str]
) -> None:
    done = put(write(tmp_path, labelled(lambda n: words[n % 2])))

    assert done.found.labels.classes == expected
    assert f"{expected.index(words[0])},{noise(0)}" in done.rows
    assert f"{expected.index(words[1])},{noise(1)}" in done.rows


def test_many_classes_are_sorted(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: ("virginica", "setosa", "versicolor")[n % 3]))

    done = put(path, classes(3))

    assert done.found.labels.classes == ("setosa", "versicolor", "virginica")
    assert f"2,{noise(0)}" in done.rows


@pytest.mark.parametrize(
    ("objective", "why"),
    [
        (BINARY, "objective binary:logistic in config/dev.toml does not learn them; write objective"
            ' = "multi:softprob" and num_class = 3'),
        (QUANTITY, "objective reg:squarederror in config/dev.toml does not learn them; write "
            'objective = "multi:softprob" and num_class = 3'),
        (UNSAID, "no objective in config/dev.toml says that classes are learned; write objective = "
            '"multi:softprob" and num_class = 3'),
        (classes(2), "num_class in config/dev.toml is 2; write num_class = 3"),
        (classes(4), "num_class in config/dev.toml is 4; write num_class = 3"),
        (classes(None), "num_class in config/dev.toml is not given; write num_class = 3"),
    ],
)  # fmt: skip
def test_classes_that_the_objective_cannot_learn_are_refused_with_what_to_write(
    tmp_path: Path, objective: Objective, why: str
) -> None:
    path = write(tmp_path, labelled(lambda n: "abc"[n % 3]))

    assert refusal(
        path, objective
    ) == f"rows.csv: label 'y' has 3 classes (a, b, c), and {why} " + (UNDER)


def test_two_classes_are_not_learned_as_a_quantity(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: "ab"[n % 2]))

    assert 'write objective = "binary:logistic" under' in refusal(path, QUANTITY)
    logistic = Objective("reg:logistic", None, "config/dev.toml", "churn")
    assert put(path, logistic).found.labels.classes == ("a", "b")


def test_classes_of_another_algorithm_are_taken_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: "abc"[n % 3]))

    assert put(path, UNSAID, categorical=["y"]).found.labels.classes == ("a", "b", "c")


@pytest.mark.parametrize("value", ["2", "0.5", "-1"])
def test_numbers_that_are_no_two_classes_are_refused_with_their_line(
    tmp_path: Path, value: str
) -> None:
    path = write(tmp_path, labelled(lambda n: value if n == 8 else str(n % 2)))

    assert f"rows.csv: line 10: label {value} is not 0 or 1, as binary:logistic in" in refusal(path)


def test_a_class_that_num_class_does_not_have_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: str(n % 3)))

    assert put(path, classes(3)).found.labels.classes == ()
    assert refusal(path, classes(2)) == (
        "rows.csv: line 4: label 2 is not a whole number from 0 to 1, as multi:softprob in "
        "config/dev.toml needs; choose the label with --label, or write "
        f'objective = "multi:softprob" and num_class = 3 {UNDER} and say --categorical y '
        "to number its 3 values"
    )


def test_numbers_become_classes_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: str(n % 3 + 9)))

    assert refusal(path, classes(3)).endswith("say --categorical y to number its 3 values from 0")
    done = put(path, classes(3), categorical=["y"])
    assert done.found.labels.classes == ("9", "10", "11")
    assert f"1,{noise(1)}" in done.rows


def test_two_numbers_become_classes_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: str(n % 2 * 2 - 1)))

    assert refusal(path).endswith("say --categorical y to number its 2 values from 0")
    assert put(path, categorical=["y"]).found.labels.classes == ("-1", "1")


def test_a_quantity_for_an_objective_of_classes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(noise))

    assert refusal(path).endswith(f'or for a quantity write objective = "reg:squarederror" {UNDER}')
    assert put(path, QUANTITY).found.labels.counts == {}


def test_labels_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: ("yes", "no", "Yes")[n % 3]))

    assert refusal(path) == (
        "rows.csv: labels 'yes' and 'Yes' differ in upper and lower case only; write them alike"
    )


def test_one_number_written_in_two_ways_is_no_two_classes(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: ("1", "2", "1.0")[n % 3]))

    assert refusal(path, classes(3), categorical=["y"]) == (
        "rows.csv: labels '1' and '1.0' are the same number; write them alike"
    )


def test_a_class_of_several_lines_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: ('"a\nb"', "c")[n % 2]))

    assert "label 'a b' is no name of a class; write one line" in refusal(path)


@pytest.mark.parametrize("value", ["1", "yes"])
def test_labels_that_are_all_the_same_are_refused(tmp_path: Path, value: str) -> None:
    assert f"rows.csv: every label is {value}; a model needs at least two different ones" in (
        refusal(write(tmp_path, labelled(lambda n: value)), label="y")
    )


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (lambda n: str(n), "label 'y' looks like an id"),
        (lambda n: f"person {n}", "label 'y' is text with 60 values in 60 rows"),
        (lambda n: f"2026-01-{n % 28 + 1:02}", "label 'y' holds dates"),
        (lambda n: "", "label 'y' has no value"),
    ],
)
def test_a_first_column_that_is_no_label_is_refused_as_not_said(
    tmp_path: Path, label: Callable[[int], str], message: str
) -> None:
    text = refusal(write(tmp_path, labelled(label)), QUANTITY)

    assert message in text
    assert text.endswith(
        "it is the first column, as no --label is said; choose the column with --label NAME"
    )


def test_an_id_is_a_label_when_said(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(str))

    assert put(path, QUANTITY, label="y").found.roles == ["label", "number"]


def test_over_a_thousand_classes_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, labelled(lambda n: f"c{n % 1_001}", 2_002))

    assert "label 'y' has 1,001 values, too many classes" in refusal(path, classes(1_001))
    assert "too many classes" in refusal(path, classes(1_001), categorical=["y"])


@pytest.mark.parametrize(
    ("label", "counts"),
    [(lambda n: str(n % 3), 3), (lambda n: str(n % 21), 0), (lambda n: f"{n % 2}.5", 0)],
)
def test_few_whole_numbers_are_classes_where_no_objective_is_said(
    tmp_path: Path, label: Callable[[int], str], counts: int
) -> None:
    assert len(put(write(tmp_path, labelled(label)), UNSAID).found.labels.counts) == counts


def test_weights_come_after_the_label_and_are_numbers(tmp_path: Path) -> None:
    weighted = Objective("binary:logistic", None, "config/dev.toml", "churn", has_weights=True)
    path = write(tmp_path, lines("y,city,w", lambda n: f"{n % 2},{'ab'[n % 2]},{noise(n)}"))

    assert "csv_weights = 1 takes the column after the label" in refusal(path, weighted)
    assert "no feature is left" in refusal(path, weighted, drop=["city"])
