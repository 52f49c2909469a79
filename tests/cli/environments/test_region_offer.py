import pytest

from cli.aws.connection import Connection
from cli.environments import region_offer
from cli.environments.deployment_requirements import require_types
from cli.environments.environment import Environment
from cli.environments.region_offer import MissingOffer
from cli.terminal.errors import WrongInput
from config.loader import load_environment
from config.schema import EnvironmentConfig


def in_region(region: str, **platform: str) -> EnvironmentConfig:
    dev = load_environment("dev")
    return dev.model_copy(
        update={"platform": dev.platform.model_copy(update={"region": region, **platform})}
    )


def test_an_alternative_region_has_everything_and_shares_the_partition() -> None:
    (lack,) = region_offer.missing_types(in_region("us-gov-east-1"))

    assert lack.choices == ("us-gov-west-1",)


def test_a_partition_without_an_alternative_says_so() -> None:
    (lack,) = region_offer.missing_types(in_region("cn-north-1"))

    assert lack.choices == ()
    assert "nothing in its partition" in str(lack)


def test_a_deployment_is_told_all_that_its_region_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    lacks = [MissingOffer(setting, "not there", ()) for setting in ("a.b", "c.d")]
    monkeypatch.setattr(region_offer, "missing_types", lambda config: lacks)
    env = Environment(load_environment("dev"), Connection("us-east-1"))

    with pytest.raises(WrongInput) as refusal:
        require_types(env)

    lines = str(refusal.value).splitlines()
    assert [line.partition(": not there")[0] for line in lines] == [
        "config/dev.toml: a.b",
        "config/dev.toml: c.d",
    ]


def test_a_machine_the_data_knows_nowhere_is_not_refused() -> None:
    assert region_offer.is_offered("ml.unheard.large", "notebook", "us-east-1") is None
    assert region_offer.is_offered("ml.m5.large", "endpoint", "us-iso-east-1") is None
