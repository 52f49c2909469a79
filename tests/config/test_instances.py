"""Rules about instance types: what SageMaker does not have, or our image cannot use."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal

ENDPOINT = "[models.churn.endpoint]\n"
TRAINING = "[models.churn.training]\n"


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        (ENDPOINT + 'instance_type = "m5.large"', "ml.m5.large"),
        (ENDPOINT + 'instance_type = "ml.m5.larg"', "ml.m5.large"),
        (TRAINING + 'instance_type = "ml.m5.xlarg"', "ml.m5.xlarge"),
        ('[workbench]\ninstance_type = "ml.t3.medum"', "ml.t3.medium"),
    ],
)
def test_an_instance_type_that_does_not_exist_names_the_nearest(
    tmp_path: Path, given: str, nearest: str
) -> None:
    assert f"did you mean {nearest}?" in refusal(tmp_path, VALID + given)


def test_a_graviton_machine_cannot_run_our_image(tmp_path: Path) -> None:
    message = refusal(tmp_path, VALID + ENDPOINT + 'instance_type = "ml.c7g.large"')

    assert "the image is built for x86-64" in message


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ('["ml.m5.large"]', "fallback_types: ml.m5.large is named twice"),
        ('["ml.m5.xlarge", "ml.m5.xlarge"]', "fallback_types: ml.m5.xlarge is named twice"),
        ('["ml.g5.xlarge"]', "one of ml.m5.large and ml.g5.xlarge has NVMe disks"),
        ('["ml.m5.larg"]', "did you mean ml.m5.large?"),
        (
            '["ml.m5.xlarge", "ml.c5.xlarge", "ml.c5.2xlarge", "ml.c5.4xlarge", "ml.m5.2xlarge"]',
            "at most 4",
        ),
    ],
)
@pytest.mark.parametrize("table", [ENDPOINT, TRAINING])
def test_fallback_types_that_cannot_stand_in_are_refused(
    tmp_path: Path, table: str, types: str, message: str
) -> None:
    text = f'{VALID}{table}instance_type = "ml.m5.large"\nfallback_types = {types}\n'

    assert message in refusal(tmp_path, text)
