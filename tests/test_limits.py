"""Limits that are numbers at the top of a module stay below what they are there for."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]

# Whoever waits looks again so soon that a person, or a test of the sandbox, does not notice.
LOOKS_AGAIN_SECONDS = {
    "sandbox/sagemaker/tuning/jobs.py _POLL_SECONDS": 0.2,
    "cli/commands/sandbox/sandbox_load.py _POLL_SECONDS": 1,
    "cli/commands/sandbox/sandbox_save.py _POLL_SECONDS": 5,
    "sandbox/programs/usage.py _LEAST_SECONDS": 1,
    "cli/deployment/cdk_command.py _POLL_SECONDS": 2,
    "cli/environments/environment.py _POLL_SECONDS": 5,
    "cli/environments/environment.py _SANDBOX_POLL_SECONDS": 0.5,
    "container/hosts/host_connection.py _POLL_SECONDS": 1,
    "container/hosts/rendezvous.py _POLL_SECONDS": 1,
    "container/serving/server.py _POLL_SECONDS": 2,
    "container/serving/server.py _DRAIN_POLL_SECONDS": 0.05,
    "container/serving/server.py _RETRY_SECONDS": 2,
    "container/serving/server.py _REBALANCE_DELAY_SECONDS": 0.005,
    "container/serving/single_model_router.py _POLL_SECONDS": 0.05,
    "sandbox/cdk/in_process_deploy.py _POLL_SECONDS": 0.1,
    "sandbox/handlers/native_sagemaker.py _POLL_SECONDS": 0.1,
    "sandbox/sagemaker/traffic.py _SECONDS": 2,
    "sandbox/sagemaker/serving/copies.py _RESTART_SECONDS": 2,
    "sandbox/sagemaker/transform/instance.py _POLL_SECONDS": 0.1,
    "sandbox/stepfunctions/integrations.py _POLL_SECONDS": 0.2,
    "sandbox/stepfunctions/steps.py LONGEST_WAIT_SECONDS": 2,
    "container/hosts/collective.py _POLL_SECONDS": 2,
    "container/hosts/lost_hosts.py _SECONDS": 10,
    "sandbox/server/log_limit.py _INTERVAL_SECONDS": 5,
    "sandbox/server/inventory.py _INTERVAL_SECONDS": 5,
}

# What AWS, another service or an interpreter ends by itself is ended before that.
OTHERS_END = {
    # SageMaker kills 30 s after SIGTERM where models are served, 120 s after it in a job.
    "container/serving/worker.py _DRAIN_SECONDS": 29,
    "container/serving/connection.py _LINGER_SECONDS": 2,
    "container/training/termination.py GRACE_SECONDS": 119,
    "sandbox/sagemaker/jobs.py GRACE_SECONDS": 120,
    # SageMaker waits a minute for a response.
    "container/serving/settings.py _ANSWER_SECONDS": 59,
    "container/serving/single_model_router.py _LOAD_SECONDS": 59,
    "container/serving/time_limit.py _SHARE": 0.9,
    "container/serving/time_limit.py _SURE_AFTER_SECONDS": 10,
    "sandbox/sagemaker/serving/copies.py _INVOKE_TIMEOUT_SECONDS": 60,
    # It asks /ping every few seconds and takes two for an answer.
    "sandbox/sagemaker/serving/copies.py _PING_TIMEOUT_SECONDS": 2,
    "sandbox/sagemaker/transform/container_client.py _PING_SECONDS": 2,
    "container/serving/loaded_model.py _MAX_INLINE_SECONDS": 0.005,
    "container/serving/worker.py _SWITCH_SECONDS": 0.001,
    "container/serving/time_slice.py _SLICE_NANOSECONDS": 100_000,
    # A deployment ends after eight hours, an execution that asks for approval after much more.
    "config/endpoint.py MOST_DEPLOYMENT_SECONDS": 28_800,
    # CreateEndpointConfig takes up to an hour.
    "constructs_lib/inference/inference_endpoint.py _SEARCH_SECONDS": 3_600,
}

# What a person waits for, or what a program keeps when nobody asks any more.
PATIENCE_SECONDS = {
    "cli/notebook/jupyter_server.py _START_SECONDS": 300,
    "cli/sandbox/role_session.py _TIMEOUT_SECONDS": 60,
    "sandbox/refusals/constraints.py _SECONDS": 5,
    "sandbox/server/requests_held.py _LONGEST_SECONDS": 60,
    "sandbox/sagemaker/deployments/baking.py _LONGEST_STEP_SECONDS": 60,
    "sandbox/stepfunctions/bounded_regex.py SECONDS": 5,
    "sandbox/stepfunctions/queries.py _MILLISECONDS": 20_000,
    "cli/demonstration/demo_journey.py TIMEOUT_SECONDS": 600,
    "cli/commands/sandbox/sandbox_load.py _LONGEST_SECONDS": 900,
    "cli/sandbox/saved_file.py _LONGEST_SECONDS": 3_600,
    "cli/sandbox/server_process.py LOAD_SECONDS": 900,
    "cli/sandbox/server_process.py START_SECONDS": 120,
    "cli/sandbox/server_process.py STOP_SECONDS": 60,
    "cli/system/child_processes.py GRACE_SECONDS": 60,
    "container/hosts/rendezvous.py _HANDSHAKE_SECONDS": 30,
    "container/hosts/rendezvous.py _ALIVE_SECONDS": 10,
    "container/serving/supervisor.py _QUICK_DEATH_SECONDS": 5,
    "reviewer/diagram/layout.py _PATIENCE_SECONDS": 600,
    "sandbox/cdk/bootstrap.py _TIMEOUT_SECONDS": 120,
    "sandbox/cloudformation/operations.py GRACE_SECONDS": 5,
    "sandbox/handlers/native_sagemaker.py _STABLE_SECONDS": 1_200,
    "sandbox/sagemaker/serving/copies.py STARTUP_SECONDS": 120,
    "sandbox/sagemaker/serving/copies.py _DRAIN_SECONDS": 120,
    "sandbox/sagemaker/serving/copies.py _STOP_SECONDS": 60,
    "sandbox/sagemaker/transform/container_client.py _PARAMETERS_SECONDS": 60,
    # SageMaker ends a transform job whose container did not answer /ping for half an hour.
    "sandbox/sagemaker/transform/instance.py PING_SECONDS": 1_800,
    "sandbox/server/server.py _STOP_TIMEOUT_SECONDS": 10,
    "sandbox/stepfunctions/steps.py _BEGIN_SECONDS": 60,
    "constructs_lib/training/evaluation_states.py _RUNTIME_SECONDS": 7_200,
    "constructs_lib/training/evaluation_states.py _MARGIN_SECONDS": 3_600,
    "constructs_lib/training/preparation_states.py BUILD_TIMEOUT_SECONDS": 14_400,
    "constructs_lib/training/training_states.py _MARGIN_SECONDS": 7_200,
    "constructs_lib/training/training_states.py _CAPACITY_WAIT_SECONDS": 1_800,
    "constructs_lib/workflow/event_trigger.py _SIX_HOURS_SECONDS": 86_400,
    "cli/drift/cloudformation_drift.py _TIMEOUT_SECONDS": 1_800,
    "cli/planning/change_sets.py _TIMEOUT_SECONDS": 600,
    "config/endpoint.py _START_SECONDS": 7_200,
    "config/endpoint.py _BATCH_START_SECONDS": 1_200,
    "constructs_lib/training/preparation_states.py _FIRST_REGISTRY_WAIT_SECONDS": 120,
    "sandbox/programs/patterns.py SECONDS": 5,
    "sandbox/programs/patterns.py _WAITED_SECONDS": 60,
}

# What another program takes at most, in one piece.
OTHERS_TAKE = {
    # CloudFormation takes a template of 51,200 bytes in a request and of 1 MB from S3.
    "sandbox/cdk/in_process_deploy.py _LONGEST_BODY": 51_200,
    "sandbox/cloudformation/checks/template_limits.py _LONGEST": 1_000_000,
    # Search takes fifty filters and expressions in one.
    "sandbox/sagemaker/search/expressions.py MOST_CONDITIONS": 50,
    # A rule has five targets, a tuning job 30 ranges of a kind, ListMetrics 500 on a page.
    "sandbox/refusals/event_rules.py _MOST_TARGETS": 5,
    "sandbox/sagemaker/tuning/requests.py _MAX_RANGES": 30,
    "sandbox/cloudwatch/api.py _MOST_METRICS": 500,
    # SageMaker shows 1,024 characters of a reason for failure.
    "container/contract/program.py _MAX_CHARACTERS": 1_024,
    "sandbox/sagemaker/jobs.py _REASON_LENGTH": 1_024,
    "sandbox/sagemaker/deployments/fleet_updates.py MOST_CHARACTERS": 1_024,
    # InvokeEndpoint takes 6 MiB.
    "sandbox/sagemaker/invocations.py MOST_BYTES": 6 * 2**20,
    "sandbox/requests/parameters.py _UNPACKED_BYTES": 1_000_000,
    "cli/models/predictions.py _MOST_BYTES": 6 * 2**20,
    "cli/models/predictions.py _MOST_ROWS": 20_000,
    "cli/models/request_rows.py _ROWS_AT_ONCE": 10_000,
    # CreateTransformJob takes a payload of 100 MB and filters of 63 characters.
    "sandbox/sagemaker/transform/requests.py _MOST_MEGABYTES": 100,
    "sandbox/sagemaker/transform/requests.py _LONGEST_PATH": 63,
    # DeleteObjects takes a thousand keys; a managed policy has five versions.
    "cli/deployment/data_removal.py _MOST_AT_ONCE": 1_000,
    "sandbox/handlers/native_iam.py _VERSIONS": 5,
    # IAM attaches ten policies to a role; a lifecycle script has 16,384 characters.
    "stacks/workbench.py MOST_POLICIES": 9,
    "stacks/workbench.py NAMED_MODELS": 100,
    "config/schema.py MOST_MODELS": 120,
    "constructs_lib/notebook/many_models_access.py _MODELS_IN_A_POLICY": 20,
    "constructs_lib/notebook/notebook_lifecycle.py LIMIT_CHARACTERS": 16_384,
    "constructs_lib/notebook/notebook_lifecycle.py _LONGEST_DEPLOYED_VALUE": 256,
    # SQS keeps a message for fourteen days.
    "constructs_lib/workflow/dead_letter_queue.py _KEPT_DAYS": 14,
    # GitHub refuses a comment of more than 65,536 letters.
    "cfn/json_files.py MOST_LEVELS": 100,
    "cfn/json_files.py _MOST_DIGITS": 30,
    "reviewer/changes/access/permission.py _MOST_CASES": 64,
    "reviewer/policies.py _MOST_CASES": 200,
    "reviewer/policies.py _MOST_DECISIONS": 4,
    "reviewer/policies.py _MOST_PERMISSIONS": 2_000,
    "reviewer/resolver.py _MOST_HOPS": 50,
    "reviewer/revision_report/comment.py _MOST_CHARACTERS": 65_536,
    # A template in a request has 51,200 letters, a value of a version's metadata 256.
    "cli/deployment/endpoint_retype.py _MOST_BYTES": 51_200,
    "cli/planning/change_sets.py _MOST_LETTERS": 51_200,
    "cli/models/approval.py _MOST_METADATA": 256,
    # A tag's value has 256 letters, a resource fifty tags, an alarm's name 255 letters, the pattern
    # of a rule 4,096; a job takes a hundred hyperparameters and forty metric definitions.
    "config/aws_names/tags.py _MOST_TAGS": 40,
    "config/aws_names/tags.py _MOST_CHARACTERS": 256,
    "config/aws_names/alarms.py _MOST_CHARACTERS": 255,
    "config/aws_names/alarms.py _MOST_TOGETHER": 3_900,
    "config/hyperparameters/model_mistakes.py MOST_METRICS": 20,
    "config/training.py MOST_HYPERPARAMETERS": 100,
    # CreateSchedule takes an expression of 256 letters, six of them around a cron's.
    "config/cron.py _MOST_CHARACTERS": 250,
    # Step Functions takes 256 KiB of a response, in which a letter may be two.
    "constructs_lib/training/data_check_states.py ROW_BYTES": 2**17,
    "constructs_lib/training/data_check_states.py _COLUMN_BYTES": 2**17,
    # An endpoint has five types by priority.
    "config/instances.py MOST_FALLBACK_TYPES": 4,
    "constructs_lib/notebook/experiment_role.py _MODELS_NAMED_TO_READ": 20,
    "constructs_lib/notebook/experiment_role.py _MODELS_IN_A_POLICY": 40,
}

# What one file, request or connection may cost before it is refused or cut.
ONE_MAY_TAKE = {
    "cli/data/columns.py MOST_VALUES": 10_000,
    "cli/data/conversion.py _MOST_REMEMBERED": 100_000,
    "cli/data/labels.py _MOST_CLASSES": 1_000,
    "cli/data/labels.py _MOST_UNSAID_CLASSES": 20,
    "cli/data/quantiles.py _SORTED_AT_ONCE": 100_000,
    "cli/data/reading/bad_rows.py _MOST_LISTED": 10_000,
    "cli/data/reading/cells.py _LONGEST_NAME": 500,
    "cli/data/reading/dates.py _LONGEST": 40,
    "cli/data/reading/delimited.py _CELLS_AT_ONCE": 200_000,
    "cli/data/understanding.py _MOST_GROUPS": 100_000,
    "reviewer/revision_report/cost_lines.py _MOST_LINES": 100,
    "reviewer/revision_report/finding_rows.py _LONGEST_SHORT": 200,
    "reviewer/revision_report/finding_rows.py _MOST_NAMES": 20,
    "reviewer/revision_report/value_lines.py LONGEST_VALUE": 1_000_000,
    "reviewer/revision_report/value_lines.py _MOST_LINES": 2_000,
    "reviewer/sources/source_findings.py _MOST_FILES": 8,
    "reviewer/changes/scripts.py _LONGEST_SHOWN": 400,
    "sandbox/sagemaker/serving/variants.py MOST_COPIES": 16,
    "sandbox/sagemaker/serving/event_stream.py _MOST_BYTES": 2**20,
    "sandbox/state/clock.py MOST_SECONDS": 86_400,
    "container/channel/data_files.py _SAMPLE_BYTES": 2**18,
    "container/contract/ubjson.py _DEEPEST": 128,
    "container/formats/libsvm_lines.py MAX_COLUMNS": 2_000_000,
    "container/formats/npy.py _LONGEST_HEADER": 20_000,
    "container/formats/parquet_footer.py _MAX_ROW_GROUPS": 512,
    "container/formats/parquet_footer.py _PAGE_VALUES": 2_000,
    "container/formats/text_numbers.py _LONGEST": 1_000,
    "container/formats/thrift.py _MAX_DEPTH": 24,
    "container/request/json_row.py _CHUNK_ROWS": 4_096,
    "container/request/pieces.py _PIECE_BYTES": 256 * 1024,
    "container/response/chunks.py CHUNK_NUMBERS": 100_000,
    "container/serving/connection.py _MAX_HEADERS": 400,
    "container/serving/connection.py _MAX_HEADER_BYTES": 2**17,
    "container/serving/connection.py _MAX_WAITING": 64,
    "container/serving/invocation.py _MAX_NUMBERS": 8_000_000,
    "container/serving/predictions.py _MAX_INLINE_BYTES": 2**17,
    "container/serving/predictions.py _SMALL_BYTES": 2**14,
    "container/formats/plain_rows.py _FEW_BYTES": 4096,
    "container/serving/loaded_model.py _MAX_INLINE_ROWS": 20_000,
    "container/serving/messages.py _LONGEST_ID": 256,
    "container/serving/model_store.py _MEMORY_PER_BYTE": 2,
    "container/serving/multi_model_router.py _DEFAULT_PAGE_SIZE": 200,
    "container/serving/predictions.py _THREADS": 4,
    "container/serving/serve.py _BACKLOG": 4_096,
    "container/serving/supervisor.py _QUICK_DEATHS_ALLOWED": 20,
    "container/training/checkpoints.py _KEPT": 10,
    "container/training/checkpoints.py _LONGEST_LINE": 8_192,
    "sandbox/ecr/archives.py _MOST_FILES": 20_000,
    "sandbox/programs/log_streams.py _BATCH": 200,
    "config/authorities.py MOST_BYTES": 200_000,
    "config/reading/toml_text.py MOST_BYTES": 2_000_000,
    "config/reading/toml_text.py MOST_LEVELS": 100,
    "config/hyperparameters/interpreters.py _MOST_DIGITS": 99,
    "constructs_lib/training/row_expressions.py MOST_LINES": 200,
    "constructs_lib/training/row_expressions.py _MOST_FIELDS": 200,
    "sandbox/cloudformation/checks/template_shape.py _DEEPEST": 200,
    "sandbox/server/log_limit.py LIMIT_BYTES": 20_000_000,
    "container/request/parquet_request.py _NUMBER_BYTES": 16,
    "container/formats/column_names.py _LONGEST_NAME": 500,
}

# What a machine does side by side, or for one picture and one estimate.
WORK = {
    "sandbox/cloudwatch/evaluation.py _MOST_DEPTH": 20,
    "cli/deployment/cdk_command.py STACKS_AT_ONCE": 16,
    "cli/environments/environment.py _DESCRIBED_ONE_BY_ONE": 40,
    "cli/planning/deployed_state.py REQUESTS_AT_ONCE": 16,
    "cli/removal/deletion_checks.py _REQUESTS_AT_ONCE": 16,
    "cli/drift/environment_drift.py _REQUESTS_AT_ONCE": 16,
    "compare/synthesis.py _MOST_WORKERS": 8,
    "constructs_lib/images/image_repository.py KEPT_IMAGES": 100,
    "constructs_lib/training/training_states.py _CAPACITY_WAITS": 12,
    "container/evaluation/baseline.py _BUCKETS": 20,
    "container/evaluation/baseline.py _SKETCH_ITEMS": 1_024,
    "container/evaluation/confidence/intervals.py _HALVINGS": 100,
    "container/evaluation/confidence/resampling.py RESAMPLES": 2_000,
    "container/evaluation/confidence/resampling.py MAX_ROWS": 20_000,
    "container/evaluation/confidence/resampling.py _PARTS": 200,
    "container/evaluation/confidence/resampling.py _CELLS_AT_ONCE": 2_000_000,
    "container/evaluation/results/importance.py _MAX_ROWS": 2_000,
    "container/evaluation/results/importance.py _TREES_TIMES_ROWS": 1_000_000,
    "container/hyperparameters/values.py _CELLS_FOR_THREADS": 400_000,
    "container/image/commands.py _PER_CALL": 400,
    "container/metrics/quality.py _CURVE_POINTS": 201,
    "cli/verification/price_estimate.py _TRAININGS": 4,
    "cli/verification/price_estimate.py _BUILD_MINUTES": 120,
    "constructs_lib/rollout/rollback_states.py _MOST_WAITS": 6,
    "constructs_lib/training/preparation_states.py _REGISTRY_WAITS": 8,
}

# What a line, a table or a picture shows before it says how much more there is.
SHOWN = {
    "sandbox/refusals/constraints.py _SHOWN": 1_024,
    "cli/commands/environment/deploy.py _NEXT_STEPS": 5,
    "cli/commands/environment/env_compare.py _WIDTH": 80,
    "cli/commands/environment/status.py _LAST_RUNS": 5,
    "cli/commands/environment/status.py _SHOWN_IN_FULL": 20,
    "cli/commands/model/logs.py _LONGEST": 200,
    "cli/data/reading/cells.py _LONGEST_SHOWN": 80,
    "cli/data/division.py _SHOWN": 10,
    "cli/data/labels.py _SHOWN": 10,
    "cli/data/put_report.py _COLUMNS_SHOWN": 100,
    "cli/data/put_report.py _CLASSES_SHOWN": 10,
    "cli/data/roles.py _SHOWN": 10,
    "cli/data/wishes.py _SHOWN": 12,
    "cli/environments/region_offer.py _ALTERNATIVES": 5,
    "cli/review/git_revisions.py _LISTED": 5,
    "cli/terminal/screen.py _WIDTH_WITHOUT_TERMINAL": 120,
    "cli/terminal/screen.py _COMFORTABLE_WIDTH": 80,
    "container/conversion/isolation.py _MAX_CHARACTERS": 500,
    "container/evaluation/pictures/canvas.py _LONGEST_NAME": 40,
    "container/evaluation/pictures/contributions.py _MAX": 25,
    "container/evaluation/pictures/numbers.py _BARS": 60,
    "container/evaluation/pictures/numbers.py _CELLS": 60,
    "container/evaluation/pictures/probabilities.py _BARS": 60,
    "container/evaluation/report/tables.py _MAX_CLASSES": 40,
    "container/evaluation/report/tables.py _MAX_FEATURES": 50,
    "container/formats/media.py _SHOWN_CHARACTERS": 80,
    "container/request/csv_header.py _MOST_NAMED": 5,
    "container/request/csv_header.py _LONGEST_NAME": 100,
    "container/hyperparameters/kinds.py _SHOWN_CHARACTERS": 120,
    "config/hyperparameters/interpreters.py _SHOWN_CHARACTERS": 120,
    "config/section.py _SHOWN_CHARACTERS": 120,
    "reviewer/diagram/pictures.py _MAX_ROWS": 9,
    "reviewer/diagram/pictures.py _NOTE_LETTERS": 30,
    "sandbox/sagemaker/jobs.py _LAST_LINES": 40,
    "cli/commands/environment/drift.py _LONGEST": 200,
    "cli/models/promoted_columns.py _SHOWN": 10,
    "cli/planning/elsewhere.py _KEPT_OF_A_NAME": 40,
    "cli/verification/report.py _MOST_MEMBERS": 24,
    "constructs_lib/observability/model_dashboard.py _ROW_HEIGHT": 12,
    "reviewer/diagram/cards.py _LETTER": 10,
    "reviewer/diagram/cards.py _SMALL": 8,
    "reviewer/diagram/drawing.py _CORNER": 12,
    "reviewer/diagram/drawing.py _TITLE_HEIGHT": 40,
    "reviewer/diagram/drawing.py _TITLE_LETTER": 10,
    "reviewer/diagram/layout.py LABEL_HEIGHT": 20,
    "reviewer/diagram/layout.py _LEAST_WIDTH": 800,
    "reviewer/diagram/layout.py _MARGIN": 28,
    "reviewer/diagram/pictures.py _CROWD": 8,
    "reviewer/plan/resource_verdicts.py _MOST_FOLLOWERS": 8,
    # Days before a certificate ends, in which a person is told.
    "cli/environments/authority_check.py _SOON_DAYS": 60,
}


# What somebody else has set: a calendar, a shell, a unit, a promise of ours in the documentation.
FACTS = {
    # Of a message of an event stream.
    "sandbox/sagemaker/serving/event_stream.py _PRELUDE_BYTES": 12,
    "sandbox/sagemaker/serving/event_stream.py _CHECKSUM_BYTES": 4,
    "sandbox/server/session_request.py _HOUR_SECONDS": 3_600,
    "sandbox/sagemaker/traffic.py _MICROSECONDS": 1_000_000,
    # CloudWatch keeps ConcurrentRequestsPerModel every ten seconds.
    "sandbox/sagemaker/traffic.py FINE_SECONDS": 10,
    "cli/commands/environment/drift.py DRIFTED": 3,
    "cli/commands/environment/env_compare.py _UNEXPLAINED": 1,
    "cli/review/judge_request.py NEEDS_PERSON": 3,
    "cli/commands/sandbox/up.py DEFAULT_PORT": 4599,
    "cli/environments/authority_check.py _DAY_SECONDS": 86_400,
    "cli/program.py INTERRUPTED": 130,
    "cli/verification/throwaway_file.py _SMALLEST_DISK_GB": 5,
    "compare/__main__.py UNEXPLAINED": 1,
    # The last port of TCP.
    "config/network.py _LAST_PORT": 65_535,
    "compare/__main__.py WRONG_INPUT": 2,
    "constructs_lib/access/job_names.py _DIGITS": 8,
    "constructs_lib/images/build_outcomes.py REGISTRY_FAILED": 75,
    "constructs_lib/inference/endpoint_alarms.py _MICROSECONDS_PER_MS": 1_000,
    "constructs_lib/training/training_workflow.py _DAY_SECONDS": 86_400,
    "container/contract/resources.py _PORT": 9099,
    "container/conversion/convert.py _INTERRUPTED": 130,
    # 1980, where the times of a zip file begin.
    "container/image/tree.py TIME_SECONDS": 315_532_800,
    "reviewer/pricing/usage.py HOURS_PER_MONTH": 730,
    "sandbox/ecr/builds.py _TEMPORARY_FAILURE": 75,
    "sandbox/sagemaker/jobs.py _DAY_SECONDS": 86_400,
    "sandbox/sagemaker/notebooks.py _DEFAULT_VOLUME_GB": 5,
    # The type of a byte array in Parquet's metadata.
    "container/formats/parquet_footer.py _BYTES": 6,
}

TABLES = (
    *(LOOKS_AGAIN_SECONDS, OTHERS_END, PATIENCE_SECONDS, OTHERS_TAKE),
    *(ONE_MAY_TAKE, WORK, SHOWN, FACTS),
)
PACKAGES = (
    *("cfn", "cli", "compare", "config", "constructs_lib", "container"),
    *("reviewer", "sandbox", "stacks"),
)
"""Of the suite that judges any container, the limits are SageMaker's."""
SOUNDS_LIKE_A_LIMIT = re.compile(
    r".*(SECONDS|MINUTES|DAYS|BYTES|LETTERS|CHARACTERS|MOST|MAX|LONGEST|AT_ONCE|WAITS|SHOWN).*"
)


@cache
def constants(file: str) -> dict[str, float]:
    """The numbers at the top of a module, by their names."""
    found: dict[str, float] = {}
    for node in ast.parse((REPO / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            value = node.value.value
            if isinstance(value, int | float):
                found |= {ast.unparse(target): value for target in node.targets}
    return found


def check(place: str, most: float) -> None:
    file, name = place.split()
    assert 0 < constants(file)[name] <= most


@pytest.mark.parametrize(("place", "most"), LOOKS_AGAIN_SECONDS.items())
def test_whoever_waits_looks_again_soon(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), OTHERS_END.items())
def test_what_others_end_by_force_is_ended_before(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), PATIENCE_SECONDS.items())
def test_no_wait_lasts_longer_than_anybody_would_wait(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), OTHERS_TAKE.items())
def test_nothing_is_larger_than_what_another_program_takes(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), ONE_MAY_TAKE.items())
def test_no_single_file_or_request_takes_more_than_its_share(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), WORK.items())
def test_work_that_grows_with_the_data_has_an_end(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "most"), SHOWN.items())
def test_what_people_read_is_short(place: str, most: float) -> None:
    check(place, most)


@pytest.mark.parametrize(("place", "number"), FACTS.items())
def test_a_number_that_others_have_set_is_theirs(place: str, number: float) -> None:
    file, name = place.split()

    assert constants(file)[name] == number


@pytest.mark.parametrize("package", PACKAGES)
def test_every_limit_has_a_row(package: str) -> None:
    found = {
        f"{path.relative_to(REPO)} {name}"
        for path in (REPO / package).rglob("*.py")
        if not path.is_relative_to(REPO / "container/bench")
        for name in constants(str(path.relative_to(REPO)))
        if SOUNDS_LIKE_A_LIMIT.fullmatch(name)
    }

    assert found - {place for table in TABLES for place in table} == set()
