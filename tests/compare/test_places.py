"""Every region and partition gets the same architecture, and no place is written into it."""

import json
import re
from functools import cache
from typing import Any

import pytest

from app import add_stacks
from compare.plain import plain
from compare.synthesis import PROJECT, documents
from config.schema import EnvironmentConfig
from tests.templates.environments import make_environment

# Two partitions are one region each here; every continent AWS began with has one.
PARTITIONS = {
    "us-east-1": "aws",
    "eu-west-1": "aws",
    "ap-northeast-1": "aws",
    "sa-east-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-west-1": "aws-us-gov",
}
_REGION = re.compile(r"\b(?:us|eu|ap|sa|ca|af|me|il|mx|cn|eusc)-(?:gov-|de-)?[a-z]{4,10}-\d\b")
_ACCOUNT = re.compile(r"(?<![0-9a-f-])\d{12}(?![0-9a-f])")
_PARTITION = re.compile(r"\barn:(aws[a-z-]*):")
# How Amazon States Language calls its integrations; `in_partition` spells them for each partition.
_INTEGRATION = "arn:aws:states:::"


def environment(region: str) -> EnvironmentConfig:
    """Every stack there is: private, scheduled, captured."""
    training = {"triggers": {"schedule": {"cron": "0 3 ? * SUN *"}}}
    return make_environment(
        platform={"region": region},
        network={"mode": "private"},
        models={"churn": {"training": training, "endpoint": {"capture": {"percent": 1}}}},
    )


@cache
def synthesised(region: str) -> dict[str, Any]:
    return documents(environment(region), add_stacks)


def text(region: str) -> str:
    return json.dumps(synthesised(region))


@pytest.mark.parametrize("region", PARTITIONS)
def test_a_region_is_the_only_one_its_templates_name(region: str) -> None:
    assert set(_REGION.findall(text(region))) == {region}


@pytest.mark.parametrize("region", PARTITIONS)
def test_no_template_names_an_account(region: str) -> None:
    assert _ACCOUNT.findall(text(region)) == []


@pytest.mark.parametrize(("region", "partition"), PARTITIONS.items())
def test_an_arn_is_of_the_partition_of_its_region(region: str, partition: str) -> None:
    assert set(_PARTITION.findall(text(region))) <= {partition}


@pytest.mark.parametrize("region", [name for name in PARTITIONS if name != "us-east-1"])
def test_every_place_gets_the_same_architecture(region: str) -> None:
    there = plain(synthesised(region), environment(region))
    here = plain(synthesised("us-east-1"), environment("us-east-1"))
    told = json.dumps(there).replace("cn.com.amazonaws.", "com.amazonaws.")

    assert json.loads(told.replace("<region>.amazonaws.com.cn", "<region>.amazonaws.com")) == here


def test_china_is_reached_by_its_own_names() -> None:
    assert "logs.cn-north-1.amazonaws.com.cn" in text("cn-north-1")
    assert "cn.com.amazonaws.cn-north-1.sagemaker.api" in text("cn-north-1")
    assert "com.amazonaws.us-gov-west-1.sagemaker.api" in text("us-gov-west-1")


@pytest.mark.parametrize("package", ["app.py", "config", "constructs_lib", "stacks", "cli"])
def test_no_source_names_a_partition_a_region_or_an_account(package: str) -> None:
    home = PROJECT / package
    for path in [home] if home.is_file() else sorted(home.rglob("*.py")):
        # What a message or a help text gives as an example, after "as in", is for people.
        said = re.sub(r"(as in|--region) \S+", "", path.read_text(encoding="utf-8"))
        said = said.replace(_INTEGRATION, "")
        if path.name == "price_list_api.py":
            # The price list of every region is served by a few regions.
            said = said.replace("us-east-1", "")
        # S3 calls its first region by no name, and one by an older one.
        said = said.replace('{None: "us-east-1", "EU": "eu-west-1"}', "")
        where = str(path.relative_to(PROJECT))
        assert _REGION.findall(said) == [], where
        assert _ACCOUNT.findall(said) == [], where
        if path.name != "asl.py":
            assert _PARTITION.findall(said) == [], where


def test_a_command_in_a_notice_is_the_same_in_every_environment() -> None:
    config = environment("us-east-1")

    told = plain(f"./kiban approve churn 3 --env {config.environment}", config)

    assert told == "./kiban approve churn 3 --env <environment>"
