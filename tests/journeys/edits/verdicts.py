"""Verdict on an edit: deployed forward and back, or refused with the steps, which are taken."""

from dataclasses import dataclass, field
from typing import Literal

from cfn.catalogue import row
from cli.aws.connection import Connection
from cli.environments.environment import Environment
from cli.planning.elsewhere import found_elsewhere
from config.stack_names import NETWORK, WORKBENCH
from reviewer.plan.kept_settings import KeptSetting, kept_settings
from sandbox.state.clients import ACCOUNT
from tests.journeys.edits.running import Running, Synthesis, exported_in_use

Word = Literal["in place", "replaced without loss", "two steps", "refused"]
_IN_STEPS = ("network.availability_zones", "network.builds_inside")


@dataclass
class Verdict:
    """What became of one direction of an edit; `notes` are what is replaced, or the steps."""

    word: Word
    notes: list[str] = field(default_factory=list)
    refusal: KeptSetting | None = None


def judge(running: Running, before: Synthesis, after: Synthesis) -> Verdict:
    """Deploy `after` over `before`, which is deployed; say what it took."""
    refused = _refused(running, before, after)
    if refused:
        word: Word = "two steps" if refused[0].setting in _IN_STEPS else "refused"
        return Verdict(word, [*refused[0].steps], refused[0])
    old = running.resources()
    running.deploy(after)
    new = running.resources()
    replaced = {old[key][0] for key in old.keys() & new.keys() if old[key][1] != new[key][1]}
    lost = {kind for kind in replaced if row(kind).holds_data}
    assert not lost, f"data is lost with {lost}"
    kinds = sorted(kind.removeprefix("AWS::") for kind in replaced)
    return Verdict("replaced without loss" if kinds else "in place", kinds)


def _refused(running: Running, before: Synthesis, after: Synthesis) -> list[KeptSetting]:
    """What `deploy` says before it touches anything."""
    region = after.config.platform.region
    if (before.config.stage, before.config.platform.region) != (after.config.stage, region):
        sandbox = running.world.sandbox
        place = Connection(region, sandbox.url, ACCOUNT, secret=sandbox.secret)
        return found_elsewhere(Environment(after.config, place))
    return kept_settings(before.assembly, after.assembly)


def take_steps(running: Running, before: Synthesis, after: Synthesis, refusal: KeptSetting) -> bool:
    """Do what the recipe says where it leads to `after`; False where it leads to another one."""
    if refusal.setting in _IN_STEPS:
        running.deploy(after, only=exported_in_use(before, after))
        running.deploy(after)
        return True
    if f"delete-stack --stack-name {running.world.stage}-{WORKBENCH}" in " ".join(refusal.steps):
        running.delete(WORKBENCH)
        running.deploy(after)
        if any("deploy --prune" in step for step in refusal.steps):
            running.delete(NETWORK)
        return True
    return False
