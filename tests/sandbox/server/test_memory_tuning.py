import pytest

from sandbox.server import memory_tuning


def test_only_the_region_that_is_served_keeps_its_instance_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offerings = {
        "region": {"us-east-1": [1], "eu-west-1": [2]},
        "availability-zone": {"us-east-1": [3]},
    }
    monkeypatch.setattr(memory_tuning, "INSTANCE_TYPE_OFFERINGS", offerings)

    memory_tuning.drop_other_regions("us-east-1")

    assert offerings == {
        "region": {"us-east-1": [1]},
        "availability-zone": {"us-east-1": [3]},
    }
