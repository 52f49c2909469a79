"""States that hold an approval without its words back: refused by the gate, or other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.version_facts import (
    ACCEPTED_SCHEMA_CHANGE,
    DESPITE_GATE,
    GATE,
    GATE_PASSED,
    SCHEMA_CHANGE,
)
from constructs_lib.workflow.asl import (
    States,
    catch_all,
    choice,
    jsonata,
    retry_transient_errors,
    sdk,
    set_variables,
    task,
)

if TYPE_CHECKING:
    from constructs_lib.registry.model_context import ModelContext

# A version of another origin than the workflow has no decision of the gate.
_REFUSED = f"$exists($facts.{GATE}) and $facts.{GATE} != '{GATE_PASSED}'"
_MISSING = (
    "( $facts := $states.result.CustomerMetadataProperties;"
    f" $reason := {_REFUSED} and $not($exists($facts.{DESPITE_GATE}));"
    f" $schema := $exists($facts.{SCHEMA_CHANGE})"
    f" and $not($exists($facts.{ACCEPTED_SCHEMA_CHANGE}));"
    " ($schema ? ' --changes-schema' : '') & ($reason ? ' --despite-gate \"REASON\"' : '') )"
)


def approval_states(context: ModelContext, *, then: str, failed: str) -> States:
    """Return the states from `ReadVersion`; the console and the API ask for no words."""
    cause = (
        "'Version ' & $newest & ' is approved without a word that it needs, so it does not go "
        f"live. Give it, or reject the version: ./kiban approve {context.name} ' & "
        f"$split($newest, '/')[-1] & ' --env {context.config.environment}' & $missing"
    )
    return {
        "ReadVersion": task(
            sdk("sagemaker", "describeModelPackage"),
            {"ModelPackageName": jsonata("$newest")},
            then="HasItsWords",
            assign={"missing": jsonata(_MISSING)},
            retry=[retry_transient_errors("SageMaker")],
            catch=[catch_all(failed)],
        ),
        "HasItsWords": choice({"$missing = ''": then}, otherwise="WordMissing"),
        "WordMissing": set_variables(
            {"failure": {"Error": "WordMissing", "Cause": jsonata(cause)}}, then=failed
        ),
    }
