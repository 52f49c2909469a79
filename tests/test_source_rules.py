"""Rules over the sources: who may take every error, and that no wait is without an end."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
PACKAGES = (
    "cfn",
    "cli",
    "compare",
    "config",
    "conformance",
    "constructs_lib",
    "container",
    "reviewer",
    "sandbox",
    "stacks",
)
EVERYTHING = {"Exception", "BaseException"}
TAKES_EVERY_ERROR = [
    # A program's end: an error becomes a line and an exit code, or a line of the log.
    "cli/program.py _outcome",
    "container/contract/program.py run",
    "container/serving/supervisor.py Supervisor._become_worker",
    "container/serving/worker.py load",
    # A server answers 500 and goes on.
    "container/serving/application.py Application.__call__",
    "container/serving/application.py Application._respond_later",
    "sandbox/server/gateway.py _answer",
    # The error is the result: a check, a resource, a job or a delivery has failed.
    "cli/environments/deployment_checks.py check_account",
    "cli/environments/deployment_checks.py check_region",
    "conformance/suite.py _outcome",
    "sandbox/cloudcontrol/api.py _made",
    "sandbox/cloudformation/deletion.py delete_stack",
    "sandbox/cloudformation/deletion.py undo",
    "sandbox/cloudformation/deployment.py Deployment.run",
    "sandbox/cloudformation/deployment.py Deployment._adopt",
    "sandbox/cloudformation/deployment.py Deployment._create",
    "sandbox/cloudformation/deployment.py Deployment._update",
    "sandbox/cloudformation/deployment.py Deployment._delete_late",
    "sandbox/eventbridge/events.py send",
    "sandbox/eventbridge/schedules.py tick",
    # What waits for a minute is told in turn, whatever the one before did.
    "sandbox/cloudwatch/evaluation.py _try",
    "sandbox/state/clock.py _call",
    "sandbox/cloudwatch/state_changes.py _do",
    "sandbox/sagemaker/deployments/fleet_updates.py FleetUpdates._roll_back",
    "sandbox/sagemaker/deployments/fleet_updates.py FleetUpdates._start_saved",
    "sandbox/sagemaker/deployments/fleet_updates.py FleetUpdates._take_over",
    "sandbox/sagemaker/endpoints.py Endpoint._deploy",
    "sandbox/sagemaker/endpoints.py Endpoint._reach_desired",
    "sandbox/sagemaker/invocations.py _ask",
    "sandbox/sagemaker/jobs.py Job._run",
    "sandbox/sagemaker/serving/variants.py run",
    "sandbox/sagemaker/tuning/jobs.py TuningJob._run",
    # One kind of botocore's errors has an answer of its own; every other is raised again.
    "cli/commands/environment/deploy.py _report",
    "cli/commands/environment/deploy.py _warn",
    "cli/deployment/adoption.py adopt_kept_resources",
    "cli/deployment/failed_creation.py _failed",
    "cli/deployment/failed_creation.py unprotect_failed_creations",
    "cli/environments/account_quotas.py check_account_quotas",
    "cli/removal/running_work.py _stop",
    # What was made is deleted whatever happened, and the error is a line of the report.
    "cli/verification/walk.py _go",
    "cli/verification/walk.py _remove",
    "cli/verification/walk.py _whatever_is_left",
    # A stranger's pickle, model or picture may fail with anything.
    "container/conversion/isolation.py _run",
    "container/conversion/unpickling.py state_of_booster",
    "container/evaluation/candidates.py TrainedModel._importance",
    "container/evaluation/candidates.py evaluate_champion",
    "container/evaluation/evaluate.py draw_pictures",
    # Any error of AWS's is told again, with what the person may do.
    "cli/models/promotion_source.py PromotionSource._newest",
    # The first error is raised, not one of the clean-up after it.
    "cli/data/data_versions.py upload_version",
    # What was begun is undone, or noted, and the error raised again.
    "cli/data/data_versions.py upload_version",
    "cli/sandbox/server_process.py _start",
    "container/contract/atomic_files.py write_atomically",
    "container/conversion/isolation.py run_isolated",
    "container/hosts/rendezvous.py Rendezvous.__enter__",
    "sandbox/eventbridge/schedules.py _fire",
    "sandbox/sagemaker/serving/copies.py Copy._exchange",
    "sandbox/server/server.py Sandbox.start",
]
"""Functions with `except Exception` or `except BaseException`, one line for each of them."""

DIFFERENT_LENGTHS = {
    "constructs_lib/network/private_network.py _subnet_cidrs",
    "constructs_lib/observability/model_dashboard.py _widgets",
}
"""Functions in which `zip` may drop what is left over, and says so."""

Placed = tuple[str, ast.AST]


@cache
def nodes(package: str) -> list[Placed]:
    """Every node of a package, with its file and function."""
    found: list[Placed] = []
    for path in sorted((REPO / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += _inside(tree, str(path.relative_to(REPO)), "")
    return found


def _inside(node: ast.AST, file: str, function: str) -> Iterator[Placed]:
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            inside_class = isinstance(node, ast.ClassDef)
            inner = f"{function}.{child.name}" if inside_class else child.name
        yield f"{file} {inner}", child
        yield from _inside(child, file, inner)


def called(node: ast.AST) -> str:
    """The last part of a called function's name."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def taken(node: ast.AST) -> set[str]:
    """The errors that a handler or a `suppress` takes."""
    caught: list[ast.expr] = []
    if isinstance(node, ast.ExceptHandler):
        caught = [node.type or ast.Name("BaseException")]
    elif isinstance(node, ast.Call) and called(node) == "suppress":
        caught = node.args
    return {getattr(inner, "id", "") for one in caught for inner in ast.walk(one)}


def keywords(node: ast.Call) -> dict[str, str]:
    return {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}


def limits(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What is given under a name that says that it limits a time."""
    if isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant):
                yield str(key.value), value
    elif isinstance(node, ast.Call) and called(node) == "settimeout":
        yield "timeout", node.args[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_only_these_functions_take_every_error(package: str) -> None:
    found = [place for place, node in nodes(package) if EVERYTHING & taken(node)]

    expected = [place for place in TAKES_EVERY_ERROR if place.startswith(f"{package}/")]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("try: f()\nexcept (OSError, Exception): pass", True),
        ("try: f()\nexcept: pass", True),
        ("with contextlib.suppress(Exception): f()", True),
        ("try: f()\nexcept BaseException:\n    g()\n    raise", True),
        ("try: f()\nexcept OSError: pass", False),
    ],
)
def test_a_handler_that_takes_every_error_is_seen(line: str, expected: bool) -> None:
    found = [taken(node) for node in ast.walk(ast.parse(line))]

    assert any(EVERYTHING & some for some in found) == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_zipped_has_one_length_except_here(package: str) -> None:
    found = {
        place: keywords(node).get("strict")
        for place, node in nodes(package)
        if isinstance(node, ast.Call) and called(node) == "zip"
        if keywords(node).get("strict") != "True"
    }

    expected = [place for place in DIFFERENT_LENGTHS if place.startswith(f"{package}/")]
    assert found == dict.fromkeys(expected, "False")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_time_limit_is_none(package: str) -> None:
    found = [
        place
        for place, node in nodes(package)
        for name, value in limits(node)
        if "timeout" in name.lower() and ast.unparse(value) == "None"
    ]

    assert found == []


@pytest.mark.parametrize(
    "line", ["wait(timeout=None)", "{'TimeoutSeconds': None}", "peer.settimeout(None)"]
)
def test_a_time_limit_of_none_is_seen(line: str) -> None:
    found = [value for node in ast.walk(ast.parse(line)) for _, value in limits(node)]

    assert [ast.unparse(value) for value in found] == ["None"]


WAITS_AS_LONG_AS_IT_TAKES = {
    # A clone, an installation, a measurement: nobody knows how long.
    "cli/review/base_review.py _judged_in",
    "cli/review/git_revisions.py run_git",
    "container/bench/data.py train_model",
    "container/bench/load.py put",
    "container/image/commands.py run",
    "sandbox/ecr/environments.py _run",
    # What `ps` reads is in memory.
    "cli/sandbox/sandbox_state.py _command_line",
    "conformance/harness/process_tree.py _parents",
}
"""Functions that run a program without a time limit."""


@pytest.mark.parametrize("package", PACKAGES)
def test_a_program_that_is_waited_for_has_a_time_limit_except_here(package: str) -> None:
    found = {
        place
        for place, node in nodes(package)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "subprocess.run"
        if "timeout" not in keywords(node)
    }

    expected = {place for place in WAITS_AS_LONG_AS_IT_TAKES if place.startswith(f"{package}/")}
    assert found == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_a_client_asks_a_sandbox_once_and_aws_as_often_as_is_usual(package: str) -> None:
    for place, node in nodes(package):
        if isinstance(node, ast.Call) and called(node) == "Config":
            given = keywords(node)
            if place == "cli/aws/connection.py _aws_client":
                assert given == {"retries": "{'mode': 'standard'}"}
            else:
                assert given["retries"] == "{'total_max_attempts': 1}", place
                # Twice the longest that an invocation of an endpoint may take.
                assert int(given["read_timeout"]) <= 120, place


@pytest.mark.parametrize("package", PACKAGES)
def test_every_connection_has_a_time_limit(package: str) -> None:
    positions = {"create_connection": 1, "urlopen": 2, "HTTPConnection": 2, "open": 2}
    found = [
        place
        for place, node in nodes(package)
        if isinstance(node, ast.Call) and called(node) in positions
        if called(node) != "open" or "build_opener" in ast.unparse(node.func)
        if "timeout" not in keywords(node) and len(node.args) <= positions[called(node)]
    ]

    assert found == []


SWITCHED_ON = {
    *("capture_output", "daemon", "dirs_exist_ok", "exist_ok", "ignore_cleanup_errors"),
    *("ignore_errors", "missing_ok", "parents", "sort_keys", "start_new_session", "text"),
}
"""Switches of the standard library that are off by themselves: who writes one wants it on."""


@pytest.mark.parametrize("package", PACKAGES)
def test_a_switch_that_is_written_is_on(package: str) -> None:
    found = [
        place
        for place, node in nodes(package)
        if isinstance(node, ast.keyword) and node.arg in SWITCHED_ON
        if ast.unparse(node.value) == "False"
    ]

    assert found == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_thread_keeps_a_program_from_ending(package: str) -> None:
    found = [
        place
        for place, node in nodes(package)
        if isinstance(node, ast.Call) and called(node) == "Thread"
        if keywords(node).get("daemon") != "True" and not place.startswith("container/bench/")
    ]

    assert found == []
