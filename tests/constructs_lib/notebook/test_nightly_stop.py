"""The schedule that stops the notebook every night: retries and role."""

from aws_cdk.assertions import Template


def test_a_stop_that_fails_is_tried_again_within_the_hour(managed: Template) -> None:
    (schedule,) = managed.find_resources("AWS::Scheduler::Schedule").values()
    target = schedule["Properties"]["Target"]

    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3_600, "MaximumRetryAttempts": 3}
    assert "NightlyStopRole" in target["RoleArn"]["Fn::GetAtt"][0]
