import json
import subprocess
import sys
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from app import add_stacks
from compare.comparison import compare
from compare.synthesis import PROJECT, Documents, in_parallel, plain_documents
from config.loader import environment_names, load_environment
from config.schema import EnvironmentConfig
from tests.templates.environments import make_environment, merged

pytestmark = pytest.mark.acceptance

TWO_MACHINES = {"deployment": {"strategy": "canary", "percent": 50}}


def in_this_process(configs: Sequence[EnvironmentConfig]) -> list[Documents]:
    """Starting workers takes longer than three small syntheses."""
    return [plain_documents(config, add_stacks) for config in configs]


def changed(**changes: Any) -> tuple[EnvironmentConfig, EnvironmentConfig]:
    """The usual environment, and one of another name with these changes."""
    return make_environment(), make_environment(**merged({"environment": "other"}, changes))


def endpoint(**changes: Any) -> dict[str, Any]:
    return {"models": {"churn": {"endpoint": changes}}}


@pytest.mark.parametrize("pair", list(pairwise(environment_names())), ids="-".join)
def test_shipped_environments_differ_only_where_their_files_do(pair: tuple[str, str]) -> None:
    first, second = (load_environment(name) for name in pair)

    found = compare(first, second, partial(in_parallel, add_stacks=add_stacks))

    assert found.changes
    assert found.explained
    assert [one for one in found.explained if not one.settings] == []
    assert found.unexplained == []


def test_environments_that_say_the_same_differ_in_nothing_but_names() -> None:
    found = compare(*changed(), in_this_process)

    assert (found.changes, found.explained, found.unexplained) == ([], [], [])


def test_another_account_and_region_is_no_difference_of_a_template() -> None:
    place = {"region": "ap-northeast-1", "account": "111122223333"}

    found = compare(*changed(platform=place), in_this_process)

    assert {change.name for change in found.changes} == {"platform.region", "platform.account"}
    assert found.explained == []
    assert found.unexplained == []


def test_a_setting_is_named_beside_what_it_changes() -> None:
    found = compare(*changed(**endpoint(instance_type="ml.c5.large")), in_this_process)

    causes = {one.difference.location[-1]: one.settings for one in found.explained}
    assert causes == {"InstanceType": ("models.churn.endpoint.instance_type",)}
    (only,) = found.explained
    assert (only.difference.first, only.difference.second) == ("ml.m5.large", "ml.c5.large")


def test_settings_that_need_each_other_change_together() -> None:
    scaling = {"scaling": {"min_instances": 2, "max_instances": 2}}

    found = compare(*changed(**endpoint(**TWO_MACHINES, **scaling)), in_this_process)

    assert found.unexplained == []
    routing = [one for one in found.explained if "DeploymentConfig" in one.difference.location]
    assert routing
    assert all("models.churn.endpoint.deployment.percent" in one.settings for one in routing)


def test_a_model_that_only_one_file_has_is_one_setting_with_two_stacks() -> None:
    found = compare(*changed(models={"fraud": {"gate": {"minimum": 0.8}}}), in_this_process)

    assert [change.name for change in found.changes] == ["models.fraud"]
    whole = {one.difference.location for one in found.explained if not one.difference.first}
    assert {("Inference-fraud",), ("Training-fraud",)} <= whole
    assert all(one.settings == ("models.fraud",) for one in found.explained)


def test_a_difference_that_comes_from_a_name_is_unexplained() -> None:
    def partial(configs: Sequence[EnvironmentConfig]) -> list[Documents]:
        """As if the code asked: is this environment called `other`?"""
        found = in_this_process(configs)
        for config, documents in zip(configs, found, strict=True):
            if config.environment == "other":
                documents["Monitoring"] = deepcopy(documents["Monitoring"])
                documents["Monitoring"]["Resources"]["Planted"] = {"Type": "AWS::SNS::Topic"}
        return found

    found = compare(*changed(), partial)

    places = [one.difference.location for one in found.unexplained]
    assert places == [("Monitoring", "Resources", "Planted")]
    assert found.explained == []


def test_the_program_says_for_machines_what_a_setting_changes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "compare", "dev", "staging"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert said["unexplained"] == []
    removal = [one for one in said["differences"] if one["settings"] == ["platform.removal"]]
    assert {"AWS::KMS::Key", "AWS::S3::Bucket"} <= {one["type"] for one in removal}


def test_the_program_refuses_an_environment_without_a_file() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "compare", "dev", "nowhere"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("no environment 'nowhere'")
    assert done.stdout == ""
