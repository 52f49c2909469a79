"""What a region offers is read from the data; what the data does not say is never made up."""

import re

import pytest

from cli.environments import region_offer
from cli.environments.region_offer import MissingOffer
from config.instances import Usage
from config.loader import load_environment
from config.schema import EnvironmentConfig
from tests.cli.environments.test_region_offer import in_region

HERE, THERE = "us-east-1", "eu-west-1"
LISTS = {
    "hosting": {
        HERE: {"ml.m5.large", "ml.m5.xlarge", "ml.c5.large"},
        THERE: {"ml.m5.large", "ml.g5.large", "ml.c4.large"},
    },
    "processing": {HERE: {"ml.m5.large", "ml.t3.medium"}, THERE: {"ml.p3.large"}},
    "transform": {HERE: {"ml.m4.large"}, "ap-south-1": {"ml.m5.large"}},
}


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price list of a few machines in a few regions."""
    found = {
        name: {region: frozenset(machines) for region, machines in places.items()}
        for name, places in LISTS.items()
    }
    monkeypatch.setattr(region_offer, "_machines", found.__getitem__)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize(
    ("machine", "usage", "region", "offered"),
    [
        ("ml.m5.large", "endpoint", HERE, True),
        ("ml.g5.large", "endpoint", HERE, False),
        ("ml.g5.large", "endpoint", THERE, True),
        # Another use's list says nothing about endpoints.
        ("ml.t3.medium", "endpoint", HERE, None),
        ("ml.p3.large", "processing", HERE, False),
        ("ml.m5.large", "processing", THERE, False),
        ("ml.m5.large", "endpoint", "ap-south-1", None),
        # A notebook or a training is there where any use of SageMaker has the machine.
        ("ml.m4.large", "training", HERE, True),
        ("ml.g5.large", "notebook", HERE, False),
        ("ml.m5.large", "notebook", "ap-south-1", True),
        ("ml.g5.large", "training", "ap-south-1", False),
        ("ml.unheard.large", "training", HERE, None),
        ("ml.m5.large", "training", "nowhere-1", None),
    ],
)
def test_a_machine_is_offered_missing_or_unknown(
    machine: str, usage: Usage, region: str, offered: bool | None
) -> None:
    assert region_offer.is_offered(machine, usage, region) is offered


def machines(config: EnvironmentConfig) -> list[tuple[str, Usage, str]]:
    return list(region_offer.configured_machines(config))


def test_every_machine_of_a_file_is_looked_at_with_its_fallbacks() -> None:
    dev = load_environment("dev")
    model = dev.models["churn"]
    training = model.training.model_copy(update={"fallback_types": ["ml.t"]})
    endpoint = model.endpoint.model_copy(update={"fallback_types": ["ml.e1", "ml.e2"]})
    changed = model.model_copy(update={"training": training, "endpoint": endpoint})

    found = machines(dev.model_copy(update={"models": {"churn": changed}}))

    assert [(setting, usage) for setting, usage, _ in found] == [
        ("workbench.instance_type", "notebook"),
        ("models.churn.training.instance_type", "training"),
        ("models.churn.training.fallback_types", "training"),
        ("models.churn.training.evaluation_instance_type", "processing"),
        ("models.churn.endpoint.instance_type", "endpoint"),
        ("models.churn.endpoint.fallback_types", "endpoint"),
        ("models.churn.endpoint.fallback_types", "endpoint"),
    ]
    assert [machine for *_, machine in found][2::3] == ["ml.t", "ml.e1"]


@pytest.mark.usefixtures("lists")
def test_a_missing_machine_is_named_with_those_of_its_size() -> None:
    dev = load_environment("dev")
    model = dev.models["churn"]
    endpoint = model.endpoint.model_copy(update={"instance_type": "ml.g5.large"})
    models = {"churn": model.model_copy(update={"endpoint": endpoint})}

    found = [
        one
        for one in region_offer.missing_machines(dev.model_copy(update={"models": models}))
        if "endpoint" in one.setting
    ]

    assert found == [
        MissingOffer(
            "models.churn.endpoint.instance_type",
            "us-east-1 has no ml.g5.large for endpoint",
            ("ml.m5.large", "ml.c5.large"),
        )
    ]


@pytest.mark.usefixtures("lists")
def test_where_no_machine_has_the_size_any_fitting_one_is_proposed() -> None:
    near = region_offer._machines_like("ml.m5.24xlarge", "endpoint", THERE)

    # Amazon has no ml.g5.large, whatever a list says.
    assert near == ("ml.m5.large", "ml.c4.large")
    assert region_offer._machines_like("ml.g5.large", "endpoint", "nowhere-1") == ()


def test_no_more_than_three_are_proposed_and_only_such_as_fit_the_use() -> None:
    near = region_offer._nearest("ml.m5.large", ["ml.m5.xlarge", "ml.c5.large", "x", "ml.m6.large"])

    assert near == ("ml.m5.xlarge", "ml.m6.large", "ml.c5.large")
    assert region_offer._fits("ml.m5.large", "endpoint")
    assert not region_offer._fits("ml.no.such", "endpoint")


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-isoe-west-1", "isoe"),
        ("us-gov-west-1", "gov"),
        ("us-iso-east-1", "iso"),
        ("us-isob-east-1", "isob"),
        ("cn-north-1", "cn"),
        ("eusc-de-east-1", "eusc"),
    ],
)
def test_a_region_tells_its_partition(region: str, partition: str) -> None:
    assert region_offer._partition(region) == partition


def test_a_region_without_budgets_lacks_the_budget_alone() -> None:
    (lack,) = region_offer.missing_types(in_region("eu-north-1"))

    assert (lack.setting, lack.choices) == ("monitoring.monthly_budget_usd", ("0",))
    assert re.search(r"makes no budgets \(as of \d{4}-\d\d-\d\d\); choose 0$", str(lack))


def test_a_region_that_is_mistyped_is_named_with_the_nearest_ones() -> None:
    (lack,) = region_offer.missing_types(in_region("us-est-1"))

    assert lack.problem == "AWS has no region us-est-1"
    assert "us-east-1" in lack.choices
    assert len(lack.choices) == 3
    assert region_offer.missing_types(in_region("us-east-1")) == []
