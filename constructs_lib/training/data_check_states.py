"""Workflow states: hold the first rows of each channel to the model's settings, before a job.

For CSV and the project's own container only; every other format, and what is not plain here, is
left to the container. Step Functions takes 256 KiB of a call's response:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.hyperparameters.table import our_table
from constructs_lib.training.row_expressions import (
    CsvRules,
    columns_expression,
    csv_rules,
    rows_expression,
)
from constructs_lib.workflow.asl import (
    State,
    States,
    catch_all,
    choice,
    jsonata,
    retry_transient_errors,
    sdk,
    set_variables,
    string_literal,
    task,
)

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext
    from constructs_lib.training.workflow_parts import WorkflowParts

COLUMNS_FILE = "_columns.json"
ROW_BYTES = 65_536
_COLUMN_BYTES = 131_072
_PREFIX = "($dataVersion & '/' & $channel & '/')"
# Of a file that is compressed or in another format the container says what is wrong with it.
_LEFT_TO_THE_CONTAINER = r"/\.(gz|bz2|xz|zst|zip|parquet|npy|libsvm|svm|recordio|pbr)$/i"
_HIDDEN = r"/(^|\/)[._]/"
_UNREADABLE = ["States.DataLimitExceeded", "States.QueryEvaluationError"]


def checks_data(context: ModelContext) -> bool:
    """Whether the workflow reads rows: it has to know what the container would refuse."""
    content_type = context.settings.training.content_type
    return our_table() is not None and content_type.startswith("text/csv")


def data_check_states(parts: WorkflowParts, *, then: str, failed: str) -> States:
    """Return states that begin with `CheckData` and fail with `DataDoesNotFit`."""
    rules = csv_rules(parts.context.settings.training)
    return {
        "CheckData": set_variables(
            {"channel": "train", "columns": 0, "named": {"features": 0, "texts": []}},
            then="FindRows",
        ),
        "FindRows": _find_rows(parts, failed),
        "RowsFound": choice(
            {
                "$rows.isUnknown": "ChannelChecked",
                "$rows.key = ''": "NoRows",
                f"$channel = 'train' and $rows.{_HAS_COLUMNS}": "ReadColumns",
            },
            otherwise="ReadRows",
        ),
        "NoRows": _refusal(
            f"'{parts.context.prefix}' & {_PREFIX} & ' holds no file with rows; put one there'",
            failed,
        ),
        "ReadColumns": _read_columns(parts, failed),
        "ReadRows": _read_rows(parts, rules, failed),
        "RowsFit": choice({"$head.problem != ''": "RowsDoNotFit"}, otherwise="RememberColumns"),
        "RowsDoNotFit": _refusal(
            f"'{parts.context.prefix}' & $dataVersion & ': ' & $head.problem", failed
        ),
        "RememberColumns": set_variables(
            {"columns": jsonata("$columns = 0 ? $head.columns : $columns")}, then="ChannelChecked"
        ),
        "ChannelChecked": set_variables({"channel": jsonata(_NEXT_CHANNEL)}, then="ChannelsLeft"),
        "ChannelsLeft": choice({"$channel != ''": "FindRows"}, otherwise=then),
    }


_HAS_COLUMNS = "hasColumns"
_NEXT_CHANNEL = "$channel = 'train' ? 'validation' : $channel = 'validation' ? 'test' : ''"


def _find_rows(parts: WorkflowParts, failed: str) -> State:
    """Find the first data file of a channel: names that begin with _ or a dot are none."""
    prefix = f"{string_literal(parts.context.prefix)} & {_PREFIX}"
    found = (
        f"( $prefix := {prefix}; $all := $states.result.Contents; "
        f"$data := $all[Size > 0 and $not($contains($substringAfter(Key, $prefix), {_HIDDEN}))]; "
        "$key := $count($data) > 0 ? $data[0].Key : ''; "
        f"{{'key': $key, 'isUnknown': $key = '' ? $states.result.IsTruncated = true : "
        f"$contains($key, {_LEFT_TO_THE_CONTAINER}), "
        f"'{_HAS_COLUMNS}': $count($all[Key = $prefix & '{COLUMNS_FILE}']) > 0}} )"
    )
    return task(
        sdk("s3", "listObjectsV2"),
        {"Bucket": parts.context.data.name, "Prefix": jsonata(prefix), "MaxKeys": 1000},
        then="RowsFound",
        assign={"rows": jsonata(found)},
        retry=[retry_transient_errors("S3")],
        catch=[catch_all(failed)],
    )


def _read_columns(parts: WorkflowParts, failed: str) -> State:
    key = f"{string_literal(parts.context.prefix)} & {_PREFIX} & '{COLUMNS_FILE}'"
    return task(
        sdk("s3", "getObject"),
        {
            "Bucket": parts.context.data.name,
            "Key": jsonata(key),
            "Range": f"bytes=0-{_COLUMN_BYTES - 1}",
        },
        then="ReadRows",
        assign={"named": jsonata(columns_expression())},
        retry=[retry_transient_errors("S3")],
        catch=_left_to_the_container(failed),
    )


def _read_rows(parts: WorkflowParts, rules: CsvRules, failed: str) -> State:
    return task(
        sdk("s3", "getObject"),
        {
            "Bucket": parts.context.data.name,
            "Key": jsonata("$rows.key"),
            "Range": f"bytes=0-{ROW_BYTES - 1}",
        },
        then="RowsFit",
        assign={"head": jsonata(rows_expression(rules, parts.context.prefix, ROW_BYTES))},
        retry=[retry_transient_errors("S3")],
        catch=_left_to_the_container(failed),
    )


def _left_to_the_container(failed: str) -> list[State]:
    """What cannot be read as text here may still be data, and the container says it best."""
    return [{"ErrorEquals": _UNREADABLE, "Next": "ChannelChecked"}, catch_all(failed)]


def _refusal(cause: str, failed: str) -> State:
    failure = {"Error": "DataDoesNotFit", "Cause": jsonata(cause)}
    return set_variables({"failure": failure}, then=failed)
