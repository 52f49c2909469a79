"""What only a training job or its gate would say of hyperparameters, said of the file."""

from pathlib import Path

import pytest

from config import loader
from config.hyperparameters import table
from config.loader import load_environment
from tests.config.files import VALID, refusal, with_hyperparameters, write

HERE = "config/dev.toml: models.churn.training.hyperparameters"


def as_objective(name: str, more: str = "") -> str:
    return with_hyperparameters(more).replace("binary:logistic", name)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            VALID.replace("num_round", "num_rounds"),
            ".num_rounds: unknown hyperparameter; did you mean num_round?",
        ),
        (with_hyperparameters("zzz = 1"), ".zzz: unknown hyperparameter; remove it"),
        (with_hyperparameters("eta = 5"), ".eta: must be a number in [0, 1], got 5"),
        (with_hyperparameters('eta = "x"'), '.eta: must be a number in [0, 1], got "x"'),
        (
            with_hyperparameters("max_depth = 3.5"),
            ".max_depth: must be a whole number in [0, +inf), got 3.5",
        ),
        (
            with_hyperparameters('tree_method = "histogram"'),
            ".tree_method: must be one of auto, exact, approx, hist, gpu_hist, "
            'got "histogram"; did you mean hist?',
        ),
        (
            with_hyperparameters("eta = 0.1\nlearning_rate = 0.1"),
            ".learning_rate: learning_rate and eta are the same; give one of them",
        ),
        (
            VALID.replace("num_round = 100\n", ""),
            ".num_round: missing; add it, as in num_round = 100",
        ),
        (
            as_objective("multi:softprob"),
            ": num_class is missing; objective multi:softprob needs it; add one",
        ),
        (
            with_hyperparameters("num_class = 2"),
            ": num_class is 2 but objective is binary:logistic; remove num_class or use "
            "multi:softprob",
        ),
        (
            with_hyperparameters('monotone_constraints = "(1,0)"'),
            ": monotone_constraints needs a tree_method of exact, hist or approx; got none; set "
            "tree_method to hist",
        ),
        (
            with_hyperparameters('_tuning_objective_metric = "auc"'),
            '._tuning_objective_metric: must be validation: and a metric, got "auc"',
        ),
        (
            with_hyperparameters('eval_metric = "auc@5"'),
            '.eval_metric: auc takes no @, got "auc@5"; write auc',
        ),
        (
            with_hyperparameters('eval_metric = "ndcg@0"'),
            '.eval_metric: ndcg@ must be a number in [1, 4294967296), got "ndcg@0"',
        ),
    ],
)
def test_a_hyperparameter_is_refused_as_its_job_would_refuse_it(
    tmp_path: Path, text: str, line: str
) -> None:
    assert refusal(tmp_path, text) == HERE + line


def test_an_objective_is_named_with_the_nearest(tmp_path: Path) -> None:
    line = refusal(tmp_path, as_objective("binary:logistics"))

    assert line.startswith(f"{HERE}.objective: must be one of reg:squarederror, ")
    assert line.endswith(', got "binary:logistics"; did you mean binary:logistic?')


def test_a_metric_of_another_task_is_named_with_those_that_fit(tmp_path: Path) -> None:
    line = refusal(tmp_path, with_hyperparameters('eval_metric = "auc,mlogloss"'))

    assert line.startswith(f"{HERE}.eval_metric: must be one that fits binary:logistic: accuracy, ")
    assert line.endswith(', got "mlogloss"')


def test_each_model_has_a_line_of_its_own(tmp_path: Path) -> None:
    wrong = VALID.replace("num_round", "num_rounds")
    text = wrong + "[models.fraud.gate]\nminimum = 0.8\n"

    assert [line.split(": ")[1] for line in refusal(tmp_path, text).splitlines()] == [
        "models.churn.training.hyperparameters.num_rounds",
        "models.fraud.training.hyperparameters.num_round",
    ]


@pytest.mark.parametrize(
    ("objective", "gate", "line"),
    [
        (
            "reg:squarederror",
            "minimum = 0.8",
            "auc is not measured with objective reg:squarederror; choose one of mae, r2, rmse, or "
            "change the objective",
        ),
        (
            "binary:logistic",
            'metric = "aucpr"\nminimum = 0.8',
            "aucpr is not measured with objective binary:logistic unless asked for; add it, as in "
            'eval_metric = "aucpr"',
        ),
        (
            "binary:logistic",
            'metric = "merror"\nmaximum = 0.2',
            "merror is not measured with objective binary:logistic; choose one of accuracy, auc, "
            "error, f1, logloss, or change the objective",
        ),
    ],
)
def test_a_gate_asks_for_what_its_objective_measures(
    tmp_path: Path, objective: str, gate: str, line: str
) -> None:
    text = as_objective(objective).replace("minimum = 0.8", gate)

    assert refusal(tmp_path, text) == f"config/dev.toml: models.churn.gate.metric: {line}"


@pytest.mark.parametrize(
    ("objective", "more", "gate"),
    [
        ("reg:squarederror", "", 'metric = "rmse"\nmaximum = 3'),
        ("reg:squarederror", 'eval_metric = "mape"', 'metric = "mape"\nmaximum = 3'),
        ("binary:logistic", 'eval_metric = "aucpr"', 'metric = "aucpr"\nminimum = 0.8'),
        ("multi:softprob", "num_class = 3", 'metric = "f1"\nminimum = 0.8'),
        ("reg:absoluteerror", "", 'metric = "mae"\nmaximum = 3'),
        ("reg:linear", "", 'metric = "r2"\nminimum = 0.3'),
    ],
)
def test_a_gate_may_ask_for_what_the_evaluation_measures(
    tmp_path: Path, objective: str, more: str, gate: str
) -> None:
    text = as_objective(objective, more).replace("minimum = 0.8", gate)

    load_environment("dev", write(tmp_path, "dev", text))


def test_more_metrics_than_sagemaker_takes_are_refused(tmp_path: Path) -> None:
    many = ",".join(f"error@0.{number}" for number in range(10, 31))

    assert "lists 21 metrics, and SageMaker takes 20 of a job" in refusal(
        tmp_path, with_hyperparameters(f'eval_metric = "{many}"')
    )
    text = with_hyperparameters(f'eval_metric = "{many.rpartition(",")[0]}"')
    load_environment("dev", write(tmp_path, "dev", text))


COUNT = "[models.churn.training]\ninstance_count = {}\n"


@pytest.mark.parametrize("more", ['tree_method = "exact"', 'updater = "grow_colmaker,prune"'])
def test_what_trains_on_one_instance_is_not_given_several(tmp_path: Path, more: str) -> None:
    text = with_hyperparameters(more)

    assert refusal(tmp_path, text + COUNT.format(2)) == (
        "config/dev.toml: models.churn.training: tree_method exact trains on one instance and "
        "instance_count is 2; set tree_method to hist or instance_count to 1"
    )
    load_environment("dev", write(tmp_path, "dev", text + COUNT.format(1)))
    load_environment("dev", write(tmp_path, "dev", VALID + COUNT.format(2)))


def test_a_gpu_is_asked_of_an_xgboost_and_instances_that_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = with_hyperparameters('device = "cuda"')
    lines = refusal(tmp_path, text).splitlines()

    assert [line.partition("; ")[0] for line in lines] == [
        "config/dev.toml: models.churn.training: device cuda needs an XGBoost built for GPUs, and "
        "container/requirements.txt names xgboost-cpu",
        "config/dev.toml: models.churn.training: device cuda needs a GPU and ml.m5.xlarge has none",
    ]
    built = {**(table.our_table() or {}), "has_gpu_build": True}
    monkeypatch.setattr(loader, "our_table", lambda: built)
    machine = '[models.churn.training]\ninstance_type = "ml.g5.xlarge"\n'

    load_environment("dev", write(tmp_path, "dev", text + machine))


def test_a_container_without_a_table_is_not_held_to_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = VALID.replace("num_round", "epochs").replace("binary:logistic", "mine")
    assert "epochs" in refusal(tmp_path, text)

    monkeypatch.setattr(table, "OURS", tmp_path)

    load_environment("dev", write(tmp_path, "dev", text))
