"""The schedule of a training."""

import json

from tests.templates.model_stacks import model_stacks


def test_a_schedule_of_the_file_starts_the_workflow_itself() -> None:
    cron = {"triggers": {"schedule": {"cron": "0 3 ? * SUN *", "timezone": "Asia/Tokyo"}}}
    schedules = [
        item["Properties"]
        for item in model_stacks(training=cron).trained("AWS::Scheduler::Schedule")
    ]

    (schedule,) = [s for s in schedules if s["ScheduleExpression"] == "cron(0 3 ? * SUN *)"]
    assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
    assert json.loads(schedule["Target"]["Input"]) == {"Reason": "schedule"}
    assert "Workflow" in schedule["Target"]["Arn"]["Fn::GetAtt"][0]
