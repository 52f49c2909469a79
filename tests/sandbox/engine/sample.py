"""What a sample of a resource type is, and what several samples share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Properties = dict[str, Any]
Neighbours = dict[str, tuple[str, Properties]]  # what stands beside the sample

ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [ANYBODY]}
BUCKET: Neighbours = {"Bucket": ("AWS::S3::Bucket", {})}


@dataclass(frozen=True)
class Sample:
    """A type, what it is created with, what changes, and whether that replaces it."""

    type: str
    properties: Properties
    change: Properties = field(default_factory=dict)
    replaces: bool = False
    beside: Neighbours = field(default_factory=dict)
