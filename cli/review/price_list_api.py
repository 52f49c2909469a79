"""Prices of meters from AWS's Price List; a meter without exactly one price is left out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reviewer.pricing.meters import unit_of
from reviewer.pricing.prices import Price, PriceList

# The Price List's API is in a few regions only, with the prices of all of them.
PRICE_LIST_REGION = "us-east-1"
_PAGE = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"


@dataclass(frozen=True)
class Meter:
    """Query for a meter in the Price List: the service, and the end of the usage type.

    `only` is an attribute that distinguishes it from other products of the same usage type;
    `elsewhere` is how the usage type ends in some regions.
    """

    service: str
    usage: str
    is_global: bool = False
    only: tuple[str, str] | None = None
    elsewhere: str = ""

    def names(self, usage: str) -> bool:
        """Return whether `usage` is the meter's, with or without a prefix such as `USE1-`."""
        ends = [end for end in (self.usage, self.elsewhere) if end]
        return any(usage == end or usage.endswith(f"-{end}") for end in ends)


_NAT = ("productFamily", "NAT Gateway")
_METERS = {
    "cloudwatch-alarm": Meter("AmazonCloudWatch", "CW:AlarmMonitorUsage"),
    "cloudwatch-alarm-high-resolution": Meter("AmazonCloudWatch", "CW:HighResAlarmMonitorUsage"),
    "cloudwatch-composite-alarm": Meter("AmazonCloudWatch", "CW:CompositeAlarmMonitorUsage"),
    "cloudwatch-dashboard": Meter("AmazonCloudWatch", "DashboardsUsageHour-Basic", is_global=True),
    "ecr-stored": Meter("AmazonECR", "TimedStorage-ByteHrs"),
    "kms-key": Meter("awskms", "KMS-Keys"),
    "kms-request": Meter("awskms", "KMS-Requests"),
    "logs-ingested": Meter("AmazonCloudWatch", "DataProcessing-Bytes"),
    "logs-stored": Meter("AmazonCloudWatch", "TimedStorage-ByteHrs"),
    "nat-gateway": Meter("AmazonEC2", "NatGateway-Hours", only=_NAT),
    "nat-gateway-data": Meter("AmazonEC2", "NatGateway-Bytes", only=_NAT),
    # The overhead of Intelligent-Tiering has the same usage type, and another price.
    "s3-stored": Meter("AmazonS3", "TimedStorage-ByteHrs", only=("volumeType", "Standard")),
    "sagemaker-notebook-volume": Meter("AmazonSageMaker", "Notebk:VolumeUsage.gp2"),
    "scheduler-invocation": Meter("AWSEvents", "ScheduledInvocation"),
    # Notifications are sent by email.
    "sns-notification": Meter("AmazonSNS", "DeliveryAttempts-SMTP"),
    "sqs-request": Meter(
        "AWSQueueService",
        "Requests-RBP",
        only=("queueType", "Standard"),
        elsewhere="Requests-Tier1",
    ),
    "states-transition": Meter("AmazonStates", "StateTransition"),
    "vpc-endpoint": Meter("AmazonVPC", "VpcEndpoint-Hours"),
    "vpc-endpoint-data": Meter("AmazonVPC", "VpcEndpoint-Bytes"),
}
_BY_MACHINE = {
    "sagemaker-hosting": "Host",
    "sagemaker-notebook": "Notebk",
    "sagemaker-processing": "Processing",
    "sagemaker-training": "Train",
}
_BUILDS = {
    "BUILD_GENERAL1_SMALL": "Build-Min:Linux:g1.small",
    "BUILD_GENERAL1_MEDIUM": "Build-Min:Linux:g1.medium",
    "BUILD_GENERAL1_LARGE": "Build-Min:Linux:g1.large",
}


def meter_of(name: str) -> Meter | None:
    """Return the query for a meter; None for a meter without one."""
    kind, _, machine = name.partition(":")
    if kind in _BY_MACHINE and machine:
        return Meter("AmazonSageMaker", f"{_BY_MACHINE[kind]}:{machine}")
    if kind == "codebuild" and machine in _BUILDS:
        return Meter("CodeBuild", _BUILDS[machine])
    return _METERS.get(name)


def request_prices(client: Any, region: str, names: Iterable[str], today: date) -> PriceList:
    """Return the price of each meter; those without exactly one price are left out."""
    found = {}
    for name in sorted(set(names)):
        if (meter := meter_of(name)) and (usd := _price(client, region, meter)) is not None:
            place = "" if meter.is_global else f"/{region}"
            source = f"{_PAGE}/{meter.service}/current{place}/index.json ({meter.usage})"
            found[name] = Price(usd, unit_of(name), source, today)
    return PriceList(region, found)


def _price(client: Any, region: str, meter: Meter) -> Decimal | None:
    """Return the one price of a meter; None when there is none, or several that differ."""
    prices = {
        price
        for product in _products(client, region, meter)
        for price in [_first_paid(product)]
        if price is not None
    }
    return prices.pop() if len(prices) == 1 else None


def _products(client: Any, region: str, meter: Meter) -> Iterator[dict[str, Any]]:
    filters = [] if meter.is_global else [_filter("regionCode", region)]
    if meter.only:
        filters.append(_filter(*meter.only))
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=meter.service, Filters=filters, FormatVersion="aws_v1"
    )
    for page in pages:
        for text in page["PriceList"]:
            product = json.loads(text)
            if meter.names(str(product["product"]["attributes"].get("usagetype", ""))):
                yield product


def _filter(field: str, value: str) -> dict[str, str]:
    return {"Type": "TERM_MATCH", "Field": field, "Value": value}


def _first_paid(product: dict[str, Any]) -> Decimal | None:
    """Return the on-demand price of the first unit beyond a free tier."""
    tiers = [
        (Decimal(tier.get("beginRange", "0")), Decimal(tier["pricePerUnit"]["USD"]))
        for term in product.get("terms", {}).get("OnDemand", {}).values()
        for tier in term["priceDimensions"].values()
        if "USD" in tier["pricePerUnit"]
    ]
    paid = sorted(tier for tier in tiers if tier[1] > 0)
    return paid[0][1] if paid else None
