"""The SageMaker model behind an endpoint."""

from tests.templates.model_stacks import model_stacks, only


def test_a_model_runs_as_its_own_role() -> None:
    model = only(model_stacks().served("AWS::SageMaker::Model"))

    assert model["ExecutionRoleArn"]["Fn::GetAtt"][0].startswith("ModelRole")
