"""Table of the groups of commands, those of two words; the others are in `command_table`."""

from cli.command import ENVIRONMENTS, MODELS, SANDBOX, Command, Group

GROUPS = (
    Group(
        "data",
        "Training data: put a CSV file, list versions.",
        MODELS,
        (
            Command(
                "data put",
                "cli.commands.model.data_put",
                "Check a CSV file, split it, upload it; the marker comes last and starts a "
                "training.",
                "data put churn my.csv --label churned --sandbox",
            ),
            Command(
                "data list",
                "cli.commands.model.data_list",
                "List the data versions of a model, newest last.",
                "data list churn --sandbox",
            ),
        ),
    ),
    Group(
        "notebook",
        "Notebooks: open JupyterLab on a sandbox, upgrade the instance's platform.",
        ENVIRONMENTS,
        (
            Command(
                "notebook open",
                "cli.commands.sandbox.notebook_open",
                "Open JupyterLab on the sandbox, with the notebook's variables and rights.",
                "notebook open --sandbox",
            ),
            Command(
                "notebook upgrade",
                "cli.commands.environment.notebook_upgrade",
                "Change the notebook's platform in place: stop, change, start; its disk stays.",
                "notebook upgrade --to notebook-al2023-v2 --env dev",
            ),
        ),
        default="open",
    ),
    Group(
        "prices",
        "List prices: read them from AWS.",
        ENVIRONMENTS,
        (
            Command(
                "prices refresh",
                "cli.commands.environment.prices_refresh",
                "Read AWS's Price List into prices/<region>.json; the permission is "
                "pricing:GetProducts.",
                "prices refresh --env dev",
            ),
        ),
    ),
    Group(
        "env",
        "Environments: write a file, compare two, export a sandbox's variables.",
        ENVIRONMENTS,
        (
            Command(
                "env new",
                "cli.commands.environment.env_new",
                "Write an environment file after another's, for a place that has all it needs.",
                "env new staging --from dev --region eu-west-1",
            ),
            Command(
                "env compare",
                "cli.commands.environment.env_compare",
                "Show every difference between two environments with the setting that causes it.",
                "env compare dev prod",
            ),
            Command(
                "env export",
                "cli.commands.sandbox.env_export",
                "Print the variables with which every AWS client calls the running sandbox.",
                "env export --env dev",
            ),
        ),
    ),
    Group(
        "sandbox",
        "The sandbox as a file: save it, load it.",
        SANDBOX,
        (
            Command(
                "sandbox save",
                "cli.commands.sandbox.sandbox_save",
                "Write the whole running sandbox into one file: stacks, objects with versions, "
                "endpoints.",
                "sandbox save friday.sandbox",
            ),
            Command(
                "sandbox load",
                "cli.commands.sandbox.sandbox_load",
                "Start a sandbox with all that a file has in it; its endpoints serve again.",
                "sandbox load friday.sandbox --port 4600",
            ),
        ),
    ),
    Group(
        "container",
        "Containers: test whether one keeps SageMaker's contract, begin one.",
        MODELS,
        (
            Command(
                "container test",
                "cli.commands.model.container_test",
                "Train, serve, break and stop a container; exit 1 when it breaks the contract.",
                "container test container",
            ),
            Command(
                "container new",
                "cli.commands.model.container_new",
                "Copy the shape of our container, with scikit-learn in place of XGBoost.",
                "container new my-model --into containers",
            ),
        ),
    ),
)
