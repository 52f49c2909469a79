"""The three machines, run by another interpreter: the same path, arguments, output and error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox.server.server import Sandbox
from tests.sandbox.roles import make_role
from tests.second_opinion import emulator, machines, scenarios
from tests.second_opinion.differences import unexplained
from tests.second_opinion.emulator import Emulator
from tests.second_opinion.scenarios import Scenario
from tests.second_opinion.scripted import Script, answers_file, execution_name
from tests.second_opinion.shown_templates import leaves, templates
from tests.templates.states import State, definition

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]
NAMES = ("workflow", "intake", "rollout")
# Each error at each Task; fewer would mean that hardly anything fails.
RUNS = 90


class Runs(NamedTuple):
    """The paths of every scenario in both, by the name of its execution."""

    scenarios: dict[str, Scenario]
    ours: dict[str, machines.Path]
    theirs: dict[str, machines.Path]


def definitions(assembly: Path) -> dict[str, State]:
    """The definitions of an environment's machines by the ends of their names."""
    found = {}
    for template in templates(assembly).values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::StepFunctions::StateMachine":
                properties = resource["Properties"]
                name = properties["StateMachineName"].rpartition("-")[2]
                found[name] = definition(properties)
    return found


@pytest.fixture(scope="module")
def shown(synthesis: Path) -> dict[str, State]:
    """The machines of dev, which show the arguments of their Tasks."""
    found = definitions(synthesis / "assembly-kiban-dev")
    return {name: machines.with_arguments(one) for name, one in found.items()}


@pytest.fixture(scope="module")
def runs(
    other: None, shown: dict[str, State], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runs]:
    """Every scenario in both emulators."""
    folder = tmp_path_factory.mktemp("other")
    with pytest.MonkeyPatch.context() as patch:
        ours, every = run_ours(shown, Script(patch), tmp_path_factory.mktemp("ours"))
    answers = folder / "answers.json"
    answers.write_text(answers_file(every.values()))
    with emulator.running(folder, answers) as other_one:
        yield Runs(every, ours, run_theirs(shown, every, other_one))


def run_ours(
    shown: dict[str, State], script: Script, folder: Path
) -> tuple[dict[str, machines.Path], dict[str, Scenario]]:
    """Run each way through the machines, then each error at each Task that one of them visits."""
    with Sandbox(folder=folder) as sandbox:
        own = Emulator(sandbox.url, sandbox.secret)
        make_role(own.client("iam"), "states", "states")
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        own.client("iam").put_role_policy(
            RoleName="states",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allow}),
        )
        arns, client = machines.create(own, shown), own.client("stepfunctions")
        every, found = {}, {}

        def run(scenario: Scenario) -> machines.Path:
            name = execution_name(scenario)
            script.add(scenario)
            every[name] = scenario
            execution = machines.start(client, arns[scenario.machine], name, scenario.input)
            found[name] = machines.path(client, execution)
            return found[name]

        ways = [(way, visited(run(way))) for way in scenarios.ways()]
        for way, states in ways:
            for failure in scenarios.failures(way, shown[way.machine], states):
                if execution_name(failure) not in every:
                    run(failure)
        return found, every


def run_theirs(
    shown: dict[str, State], every: dict[str, Scenario], other_one: Emulator
) -> dict[str, machines.Path]:
    """Run the same scenarios there, all at once."""
    arns, client = machines.create(other_one, shown), other_one.client("stepfunctions")
    started = {
        name: machines.start(client, f"{arns[one.machine]}#{name}", name, one.input)
        for name, one in every.items()
    }
    return {name: machines.path(client, execution) for name, execution in started.items()}


def visited(path: machines.Path) -> set[str]:
    """The names of the states that an execution entered."""
    return {name for what, name, _ in path if what == "enters"}


def differing(
    states: dict[str, State], ours: machines.Path, theirs: machines.Path
) -> Iterator[tuple[str, str]]:
    """What differs between two paths, by the state and the place in its output."""
    before = True
    for number, (own, other_one) in enumerate(zip_longest(ours, theirs)):
        if own is None or other_one is None or own[:2] != other_one[:2]:
            # From here on they go separate ways.
            yield f"after {ours[number - 1][1]}", f"{other_one}, ours: {own}"
            return
        is_same = own[2] == other_one[2]
        # What one state leaves with, the next one enters with, and the machine succeeds with.
        if not is_same and (before or other_one[0] == "leaves"):
            yield from differing_outputs(states, theirs[: number + 1], own[2])
        before = is_same


def differing_outputs(
    states: dict[str, State], theirs: machines.Path, own: Any
) -> Iterator[tuple[str, str]]:
    """What the other one's last step has otherwise."""
    what, _, value = theirs[-1]
    name, given = next(step[1:] for step in reversed(theirs) if step[0] == "enters")
    if value == given:
        yield f"a {states[name]['Type']} state {what}", "its input"
        return
    found, wanted = leaves(value), leaves(own)
    for path in found.keys() | wanted.keys():
        if found.get(path) != wanted.get(path):
            yield f"{name} {what} {path}", f"{found.get(path)}"


def test_both_walk_each_way_alike(runs: Runs, shown: dict[str, State]) -> None:
    found: dict[str, set[str]] = {}
    for name, scenario in runs.scenarios.items():
        states = shown[scenario.machine]["States"]
        for subject, seen in differing(states, runs.ours[name], runs.theirs[name]):
            found.setdefault(subject, set()).add(seen)

    assert unexplained("machines", {k: " or ".join(sorted(v)) for k, v in found.items()}) == []
    assert len(runs.scenarios) >= RUNS


def test_the_ways_visit_every_state(runs: Runs, shown: dict[str, State]) -> None:
    for machine, one in shown.items():
        paths = [runs.ours[name] for name, s in runs.scenarios.items() if s.machine == machine]
        assert {state for path in paths for state in visited(path)} == set(one["States"]), machine


def test_the_machines_of_prod_have_the_same_states(synthesis: Path) -> None:
    dev, prod = (definitions(synthesis / f"assembly-kiban-{one}") for one in ("dev", "prod"))

    assert set(dev) == set(NAMES)
    for name, machine in dev.items():
        assert {k: v["Type"] for k, v in machine["States"].items()} == {
            k: v["Type"] for k, v in prod[name]["States"].items()
        }, name
