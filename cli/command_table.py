"""Table of all commands: name, summary, panel and example are known without importing one."""

from cli.command import ENVIRONMENTS, MODELS, SANDBOX, TERMINAL, Command, Group
from cli.group_table import GROUPS

_COMMANDS = (
    Command(
        "demo",
        "cli.commands.sandbox.demo",
        "Show all of it on this machine, without an AWS account, in a sandbox of its own.",
        "demo --keep",
        SANDBOX,
    ),
    Command(
        "up",
        "cli.commands.sandbox.up",
        "Start the sandbox, an AWS on this machine, in the background.",
        "up --port 4600",
        SANDBOX,
    ),
    Command(
        "down",
        "cli.commands.sandbox.down",
        "Stop the sandbox and everything that runs in it; what was in it is gone.",
        "down",
        SANDBOX,
    ),
    Command(
        "doctor",
        "cli.commands.environment.doctor",
        "Check tools, credentials, bootstrap and quotas before a deployment.",
        "doctor --env prod",
        ENVIRONMENTS,
    ),
    Command(
        "review",
        "cli.commands.environment.review",
        "Write the sheets in sheets/; with --base, list what changed and whether "
        "a person must look.",
        "review --base main",
        ENVIRONMENTS,
    ),
    Command(
        "plan",
        "cli.commands.environment.plan",
        "Say what a deployment would do to every resource, and what AWS will refuse.",
        "plan --env prod",
        ENVIRONMENTS,
    ),
    Command(
        "deploy",
        "cli.commands.environment.deploy",
        "Deploy an environment with the CDK command line; what is live stays live.",
        "deploy --env dev --sandbox",
        ENVIRONMENTS,
    ),
    Command(
        "status",
        "cli.commands.environment.status",
        "Show the stacks, endpoints and last runs of an environment.",
        "status --sandbox",
        ENVIRONMENTS,
    ),
    Command(
        "drift",
        "cli.commands.environment.drift",
        "Find what was changed on AWS by hand, and properties that no template sets among it.",
        "drift --env prod",
        ENVIRONMENTS,
    ),
    Command(
        "destroy",
        "cli.commands.environment.destroy",
        "Delete an environment's stacks; data goes only where the file says `destroy`.",
        "destroy --env dev",
        ENVIRONMENTS,
    ),
    Command(
        "verify",
        "cli.commands.environment.verify",
        "Walk a throwaway copy of an environment through its life on AWS, and destroy it.",
        "verify --env dev --max-usd 5",
        ENVIRONMENTS,
    ),
    Command(
        "train",
        "cli.commands.model.train",
        "Start a training; the gate, the registration and the rollout follow by themselves.",
        "train churn --wait --sandbox",
        MODELS,
    ),
    Command(
        "runs",
        "cli.commands.model.runs",
        "List the trainings of a model, newest first.",
        "runs churn --limit 3 --sandbox",
        MODELS,
    ),
    Command(
        "logs",
        "cli.commands.model.logs",
        "Show logs of a model: its newest job, its endpoint, or the steps of its newest run.",
        "logs churn --follow --sandbox",
        MODELS,
    ),
    Command(
        "models",
        "cli.commands.model.models",
        "List the versions of a model, newest first.",
        "models churn --sandbox",
        MODELS,
    ),
    Command(
        "report",
        "cli.commands.model.report",
        "Open the evaluation report of a version in the browser, or save it in a folder.",
        "report churn 3 --sandbox",
        MODELS,
    ),
    Command(
        "approve",
        "cli.commands.model.approve",
        "Approve a version; the newest approved version goes live.",
        "approve churn 1 --wait --sandbox",
        MODELS,
    ),
    Command(
        "reject",
        "cli.commands.model.reject",
        "Reject a version; when it is live, the approved version before it takes over.",
        'reject churn 1 --reason "too many false alarms" --sandbox',
        MODELS,
    ),
    Command(
        "promote",
        "cli.commands.model.promote",
        "Promote the newest approved version of a model; run it again to go on after a failure.",
        "promote churn --from staging --to prod",
        MODELS,
    ),
    Command(
        "predict",
        "cli.commands.model.predict",
        "Ask the endpoint for predictions, one line for each row.",
        "predict churn rows.csv --sandbox",
        MODELS,
    ),
    Command(
        "completion",
        "cli.commands.terminal.completion",
        "Print a script that completes commands, options, environments and models at Tab.",
        "completion bash",
        TERMINAL,
    ),
)

KIBAN = Group(
    "kiban",
    "An Amazon SageMaker platform: train, gate, approve, serve.",
    None,
    (*_COMMANDS, *GROUPS),
)
