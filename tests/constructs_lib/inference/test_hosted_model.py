"""The SageMaker model behind an endpoint."""

from tests.templates.model_stacks import model_stacks, only

KEY = {"kms:Decrypt", "kms:GenerateDataKey"}


def test_a_model_runs_as_its_own_role() -> None:
    model = only(model_stacks().served("AWS::SageMaker::Model"))

    assert model["ExecutionRoleArn"]["Fn::GetAtt"][0].startswith("ModelRole")


def test_a_model_without_capture_reads_with_the_key_and_writes_nothing() -> None:
    assert model_stacks().actions("ModelRole") & KEY == {"kms:Decrypt"}
    assert "s3:PutObject" not in model_stacks().actions("ModelRole")


def test_a_model_that_captures_may_encrypt_what_it_captures() -> None:
    captures = model_stacks(endpoint={"capture": {"percent": 1}})

    assert captures.actions("ModelRole") >= {*KEY, "s3:PutObject"}
