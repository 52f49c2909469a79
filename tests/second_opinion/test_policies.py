"""Every policy of dev and prod, put before another policy engine: the same decision each time."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from sandbox.iam import authorization
from sandbox.iam.policy_language import context_keys
from sandbox.iam.statements import Principal, Request, parse
from tests.second_opinion import cases, emulator
from tests.second_opinion.cases import Case
from tests.second_opinion.deployment import Deployment
from tests.second_opinion.differences import unexplained
from tests.second_opinion.roles import Policies
from tests.second_opinion.shown_templates import templates

pytestmark = pytest.mark.acceptance
JUDGE = Path(__file__).with_name("judge.py")
SECONDS = 300
# Fewer would mean that hardly anything is asked.
ASKED = {"roles": 5_500, "resources": 3_000, "trust": 1_500}
REQUESTS = {"roles": cases.of_roles, "resources": cases.of_resources, "trust": cases.of_trust}


@pytest.fixture(scope="module")
def policies(
    other: None, synthesis: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Policies]:
    """The policies as the other emulator resolved them; test_templates shows that ours are."""
    wanted = templates(synthesis / "assembly-kiban-dev")
    wanted |= templates(synthesis / "assembly-kiban-prod")
    with emulator.running(tmp_path_factory.mktemp("other")) as other_one:
        yield Policies(Deployment(other_one, wanted))


def theirs(asked: list[Case], policies: Policies) -> list[str]:
    """What the other engine decides."""
    given = {"documents": policies.documents, "cases": [asdict(one) for one in asked]}
    done = subprocess.run(
        [emulator.PYTHON, JUDGE],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    decisions: list[str] = json.loads(done.stdout)
    return decisions


def ours(case: Case, policies: Policies) -> str:
    """What the sandbox decides."""
    caller = Principal(case.caller, case.kind)
    given = {
        **context_keys.of_everything(caller, case.region),
        **{key: tuple(values) for key, values in case.keys.items()},
    }
    request = Request(
        caller, case.action, (case.resource,), context_keys.ContextKeys(given, case.resource)
    )
    decided = authorization.Policies(
        identity=tuple(one for name in case.identity for one in parse(policies.documents[name])),
        resource=parse(policies.documents[case.policy]) if case.policy else None,
        owner=case.account,
        always_decides=case.always_decides,
    )
    reason = authorization.reason_against(request, decided)
    if reason is None:
        return "allowed"
    return "explicitly denied" if reason.startswith("with an explicit") else "not allowed"


def subject(case: Case) -> str:
    """What a row of the table calls it: who asks, for what, and by which kind of policy."""
    who = case.caller if case.kind == "Service" else "a role"
    return f"{who} {case.action} by {case.policy.rpartition('/')[2] or 'its own policies'}"


def test_both_decide_alike(policies: Policies) -> None:
    found = {}
    for part, requests in REQUESTS.items():
        asked, counted = list(requests(policies)), Counter[str]()
        for case, other_one in zip(asked, theirs(asked, policies), strict=True):
            own = ours(case, policies)
            counted[own] += 1
            if own != other_one:
                found[subject(case)] = f"{other_one}, ours: {own}; with {case.keys}"
        assert len(asked) >= ASKED[part]
        assert counted["allowed"] and counted["not allowed"], part

    assert unexplained("policies", found) == []
