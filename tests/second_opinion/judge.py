"""Asks ministack's policy engine for decisions; run as a file, in its own Python.

Takes cases as JSON on standard input and prints their decisions. That Python has nothing of ours.
"""

import importlib
import json
import sys
from typing import Any

WORDS = {"Allow": "allowed", "Deny": "explicitly denied", "ImplicitDeny": "not allowed"}
SECURE = "aws:securetransport"


def decide(case: dict[str, Any], documents: dict[str, Any]) -> str:
    """The decision on one case."""
    engine: Any = importlib.import_module("ministack.core.iam_evaluator")
    keys = {name.lower(): values for name, values in case["keys"].items()}
    context = engine.EvalContext(
        principal_arn=case["caller"],
        principal_type="AssumedRole",
        principal_account=case["account"],
        action=case["action"],
        resource_arn=case["resource"],
        region=case["region"],
        source_ip="127.0.0.1",
        secure_transport=keys.get(SECURE, ["true"]) == ["true"],
        # A key of one value is a text, as its services give it.
        service_context={k: v[0] if len(v) == 1 else v for k, v in keys.items()},
    )
    policy = documents[case["policy"]] if case["policy"] else None
    if case["kind"] == "Service":
        found = engine.evaluate_resource_policy(policy, context, service=case["caller"])
        return WORDS[found.decision]
    own = [engine.parse_policy_document(documents[name]) for name in case["identity"]]
    decision = engine.evaluate(context, own)
    if policy is not None:
        required = case["always_decides"]
        decision = engine.combine_resource_policy(
            decision, context, policy, case["account"], required=required
        )
    return WORDS[decision.decision]


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump([decide(case, given["documents"]) for case in given["cases"]], sys.stdout)
