from cli.environments.environment import Environment
from config.delivery import DeliveryConfig
from config.schema import EnvironmentConfig

DELIVERY = DeliveryConfig(provider="github", repository="team/kiban")


def with_delivery(dev: Environment) -> Environment:
    """The same place, for a file that has a table `[delivery]`."""
    config: EnvironmentConfig = dev.config.model_copy(update={"delivery": DELIVERY})
    return Environment(config, dev.connection)


def test_the_delivery_stack_is_shown_and_destroyed_like_every_other(dev: Environment) -> None:
    assert "Delivery" in with_delivery(dev).stacks()


def test_a_file_without_delivery_has_no_such_stack(dev: Environment) -> None:
    assert "Delivery" not in dev.stacks()
