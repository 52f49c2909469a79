"""Dangerous changes of jobs, endpoints, scaling, alarms, workflows and schedules."""

from tests.reviewer.planted import Planted, redefined, setting

_CONFIG, _WORKFLOW = "Inference-churn/Endpoint/Config", "Training-churn/Workflow/Machine"
_ALARM = "Inference-churn/Endpoint/Alarms/Errors"
_ELSEWHERE = "arn:aws:lambda:us-east-1:444455556666:function:x"

OPERATIONS: dict[str, Planted] = {
    "no person approves any more": Planted(
        "Training-churn",
        redefined(": 'PendingManualApproval' %}", ": 'Approved' %}"),
        "approval-automatic",
        _WORKFLOW,
    ),
    "nothing scales out": Planted(
        "Inference-churn",
        setting(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "",
            "SuspendedState",
            {"DynamicScalingOutSuspended": True},
        ),
        "scaling-suspended",
        "Inference-churn/Endpoint/Scaling/Target",
    ),
    "nothing captured": Planted(
        "Inference-churn",
        setting("AWS::SageMaker::EndpointConfig", "", "DataCaptureConfig/EnableCapture", False),
        "capture-off",
        _CONFIG,
    ),
    "a shell in the containers": Planted(
        "Inference-churn",
        setting("AWS::SageMaker::EndpointConfig", "", "ProductionVariants/0/EnableSSMAccess", True),
        "container-access",
        _CONFIG,
    ),
    "an alarm that calls a function": Planted(
        "Inference-churn",
        setting("AWS::CloudWatch::Alarm", "Endpoint/Alarms/Errors", "OKActions", [_ELSEWHERE]),
        "alarm-acts-elsewhere",
        _ALARM,
    ),
    "a rollout every minute": Planted(
        "Training-churn",
        setting(
            "AWS::Scheduler::Schedule", "Rollout/Sweep", "ScheduleExpression", "rate(1 minute)"
        ),
        "schedule-more-often",
        "Training-churn/Rollout/Sweep",
    ),
    "an event tried once": Planted(
        "Training-churn",
        setting(
            "AWS::Events::Rule", "DataArrived", "Targets/0/RetryPolicy/MaximumRetryAttempts", 0
        ),
        "retries-lowered",
        "Training-churn/Intake/DataArrived",
    ),
}
