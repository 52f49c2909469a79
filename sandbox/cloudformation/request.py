"""Input of CreateStack, UpdateStack and CreateChangeSet, before and after it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfn.template import Template


@dataclass(frozen=True)
class StackInput:
    """The input of an operation as the caller sent it."""

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
    imports: Mapping[str, str] = field(default_factory=dict)  # logical id -> identifier


@dataclass(frozen=True)
class DesiredState:
    """What a stack shall become; the template is parsed and every parameter has its value."""

    template_text: str
    template: Template
    parameters: Mapping[str, str]
    is_new: bool
    keep_failed: bool = False  # DisableRollback: leave what was made, to look at it
    imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """How the stack's states begin."""
        return "IMPORT" if self.imports else "CREATE" if self.is_new else "UPDATE"
