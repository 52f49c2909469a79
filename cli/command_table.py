"""Table of all commands: name, summary, panel and example are known without importing one."""

from cli.command import Command, Group

_SANDBOX, _ENVIRONMENTS, _MODELS = "Try it on this machine", "Environments", "Models"

_COMMANDS = (
    Command(
        "demo",
        "cli.commands.sandbox.demo",
        "Show all of it on this machine, without an AWS account, in a sandbox of its own.",
        "demo --keep",
        _SANDBOX,
    ),
    Command(
        "up",
        "cli.commands.sandbox.up",
        "Start the sandbox, an AWS on this machine, in the background.",
        "up --port 4600",
        _SANDBOX,
    ),
    Command(
        "down",
        "cli.commands.sandbox.down",
        "Stop the sandbox and everything that runs in it; what was in it is gone.",
        "down",
        _SANDBOX,
    ),
    Command(
        "doctor",
        "cli.commands.environment.doctor",
        "Check tools, credentials, bootstrap and quotas before a deployment.",
        "doctor --env prod",
        _ENVIRONMENTS,
    ),
    Command(
        "review",
        "cli.commands.environment.review",
        "Write the sheets in sheets/; with --base, list what changed and whether "
        "a person must look.",
        "review --base main",
        _ENVIRONMENTS,
    ),
    Command(
        "plan",
        "cli.commands.environment.plan",
        "Say what a deployment would do to every resource, and what AWS will refuse.",
        "plan --env prod",
        _ENVIRONMENTS,
    ),
    Command(
        "deploy",
        "cli.commands.environment.deploy",
        "Deploy an environment with the CDK command line; what is live stays live.",
        "deploy --env dev --sandbox",
        _ENVIRONMENTS,
    ),
    Command(
        "status",
        "cli.commands.environment.status",
        "Show the stacks, endpoints and last runs of an environment.",
        "status --sandbox",
        _ENVIRONMENTS,
    ),
    Command(
        "drift",
        "cli.commands.environment.drift",
        "Find what was changed on AWS by hand, and properties that no template sets among it.",
        "drift --env prod",
        _ENVIRONMENTS,
    ),
    Command(
        "destroy",
        "cli.commands.environment.destroy",
        "Delete an environment's stacks; data goes only where the file says `destroy`.",
        "destroy --env dev",
        _ENVIRONMENTS,
    ),
    Command(
        "verify",
        "cli.commands.environment.verify",
        "Walk a throwaway copy of an environment through its life on AWS, and destroy it.",
        "verify --env dev --max-usd 5",
        _ENVIRONMENTS,
    ),
    Command(
        "train",
        "cli.commands.model.train",
        "Start a training; the gate, the registration and the rollout follow by themselves.",
        "train churn --wait --sandbox",
        _MODELS,
    ),
    Command(
        "runs",
        "cli.commands.model.runs",
        "List the trainings of a model, newest first.",
        "runs churn --limit 3 --sandbox",
        _MODELS,
    ),
    Command(
        "logs",
        "cli.commands.model.logs",
        "Show logs of a model: its newest job, its endpoint, or the steps of its newest run.",
        "logs churn --follow --sandbox",
        _MODELS,
    ),
    Command(
        "models",
        "cli.commands.model.models",
        "List the versions of a model, newest first.",
        "models churn --sandbox",
        _MODELS,
    ),
    Command(
        "approve",
        "cli.commands.model.approve",
        "Approve a version; the newest approved version goes live.",
        "approve churn 1 --wait --sandbox",
        _MODELS,
    ),
    Command(
        "reject",
        "cli.commands.model.reject",
        "Reject a version; when it is live, the approved version before it takes over.",
        'reject churn 1 --reason "too many false alarms" --sandbox',
        _MODELS,
    ),
    Command(
        "promote",
        "cli.commands.model.promote",
        "Promote the newest approved version of a model; run it again to go on after a failure.",
        "promote churn --from staging --to prod",
        _MODELS,
    ),
    Command(
        "predict",
        "cli.commands.model.predict",
        "Ask the endpoint for predictions, one line for each row.",
        "predict churn rows.csv --sandbox",
        _MODELS,
    ),
)

_GROUPS = (
    Group(
        "data",
        "Training data: put a CSV file, list versions.",
        _MODELS,
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
        _ENVIRONMENTS,
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
        _ENVIRONMENTS,
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
        _ENVIRONMENTS,
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
        "container",
        "Containers: test whether one keeps SageMaker's contract, begin one.",
        _MODELS,
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

KIBAN = Group(
    "kiban",
    "An Amazon SageMaker platform: train, gate, approve, serve.",
    None,
    (*_COMMANDS, *_GROUPS),
)
