import re

import pytest

from container.hyperparameters.metric_names import metric_definitions
from container.training.metric_lines import print_means, print_metrics

VALUES = {
    "train-logloss": 0.164671,
    "train-auc": 1.0,
    "validation-logloss": 0.25,
    "validation-auc": float("nan"),
}


def test_a_line_has_the_built_ins_form(capsys: pytest.CaptureFixture[str]) -> None:
    print_metrics(3, VALUES)

    assert capsys.readouterr().out == (
        "[3]\ttrain-logloss:0.16467\ttrain-auc:1.00000"
        "\tvalidation-logloss:0.25000\tvalidation-auc:nan\n"
    )


def test_metric_definitions_find_every_validation_metric(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_metrics(12, VALUES)
    line = capsys.readouterr().out.rstrip().replace("\t", "#011")

    found = {}
    for definition in metric_definitions(["logloss", "auc"]):
        matched = re.search(definition["Regex"].replace(r"\S+", r"[^#\s]+"), line)
        assert matched is not None
        found[definition["Name"]] = matched.group(1)

    assert found == {"validation:logloss": "0.25000", "validation:auc": "nan"}


def test_means_of_several_models_list_the_channels_of_a_metric_together(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = {**VALUES, "train-logloss": 0.2, "validation-logloss": 0.75, "validation-auc": 1.0}

    print_means(10, [{**VALUES, "validation-auc": 0.5}, other])

    assert capsys.readouterr().out == (
        "[10]\ttrain-logloss:0.18234\tvalidation-logloss:0.50000"
        "\ttrain-auc:1.00000\tvalidation-auc:0.75000\n"
    )
