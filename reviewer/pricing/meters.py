"""Units of the pricing dimensions, in one table, so that an hour is never paid for as a minute."""

# By what stands before the colon: which machine it is changes the price, not the unit.
UNITS = {
    "cloudwatch-alarm": "metric-month",
    "cloudwatch-alarm-high-resolution": "metric-month",
    "cloudwatch-composite-alarm": "alarm-month",
    "cloudwatch-dashboard": "dashboard-month",
    "codebuild": "minute",
    "ecr-stored": "GB-month",
    "kms-key": "key-month",
    "kms-request": "request",
    "logs-ingested": "GB",
    "logs-stored": "GB-month",
    "nat-gateway": "hour",
    "nat-gateway-data": "GB",
    "s3-stored": "GB-month",
    "sagemaker-hosting": "hour",
    "sagemaker-notebook": "hour",
    "sagemaker-notebook-volume": "GB-month",
    "sagemaker-processing": "hour",
    "sagemaker-serverless": "second",
    "sagemaker-training": "hour",
    "scheduler-invocation": "invocation",
    "sns-notification": "notification",
    "sqs-request": "request",
    "states-transition": "transition",
    "vpc-endpoint": "hour",
    "vpc-endpoint-data": "GB",
}

BY_CALL = frozenset({"GB", "GB-month", "invocation", "notification", "request", "transition"})
"""Units of calls and of data: thousands of calls, or a GB, cost less than USD 0.10."""


def unit_of(meter: str) -> str:
    """`sagemaker-training:ml.m5.large` counts hours; ValueError when no meter is so called."""
    try:
        return UNITS[meter.partition(":")[0]]
    except KeyError:
        raise ValueError(f"there is no meter {meter}") from None
