"""What a caller of CloudFormation asks for, before anything is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wish:
    """What a caller asks for when a stack is created or updated."""

    stack_name: str
    template_text: str
    parameters: Sequence[Mapping[str, Any]] = ()
    tags: dict[str, str] | None = None
    role_arn: str | None = None
    capabilities: list[str] = field(default_factory=list)
    notification_arns: list[str] | None = None
    keep_failed: bool = False
    token: str | None = None
    description: str | None = None
