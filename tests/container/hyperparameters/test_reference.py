from container.hyperparameters.objectives import OBJECTIVES
from container.hyperparameters.reference import hyperparameter_reference
from container.hyperparameters.table import ALIASES, TABLE


def test_the_reference_names_everything_that_may_be_given() -> None:
    page = hyperparameter_reference()

    for name in [*TABLE, *ALIASES, *OBJECTIVES, "reg:linear", "balanced_accuracy", "auc"]:
        assert f"| `{name}` |" in page, name


def test_the_reference_is_tables_whose_rows_are_all_as_wide_as_their_heads() -> None:
    for section in hyperparameter_reference().split("\n\n"):
        widths = {line.count("|") for line in section.splitlines() if line.startswith("|")}
        assert len(widths) <= 1
