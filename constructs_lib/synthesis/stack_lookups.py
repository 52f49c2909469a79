"""Caches of stack, region and account lookups, and ARNs made from them: each is a jsii call.

A hundred models make thousands of them; this saves a fifth of the time to build their stacks.
"""

from typing import NamedTuple
from weakref import WeakKeyDictionary

from aws_cdk import DefaultStackSynthesizer, Stack
from constructs import IConstruct


class StackLocation(NamedTuple):
    """Partition, region and account of a stack; CDK tokens where they are not known yet."""

    partition: str
    region: str
    account: str


_STACKS: "WeakKeyDictionary[IConstruct, Stack]" = WeakKeyDictionary()
_LOCATIONS: "WeakKeyDictionary[Stack, StackLocation]" = WeakKeyDictionary()
_PARTITIONS: dict[str, str] = {}
"""Of each region: CDK has a literal, or the same token for every stack."""


def stack_of(construct: IConstruct) -> Stack:
    """Return the stack of `construct`; it never moves to another."""
    if isinstance(construct, Stack):
        return construct
    if construct not in _STACKS:
        _STACKS[construct] = Stack.of(construct)
    return _STACKS[construct]


def location_of(stack: Stack) -> StackLocation:
    """Return partition, region and account of `stack`."""
    if stack not in _LOCATIONS:
        region = stack.region
        if region not in _PARTITIONS:
            _PARTITIONS[region] = stack.partition
        _LOCATIONS[stack] = StackLocation(_PARTITIONS[region], region, stack.account)
    return _LOCATIONS[stack]


def bootstrap_qualifier(stack: Stack) -> str:
    """Return what names of the CDK's bootstrap contain, as every asset of `stack` has it.

    Another than the CDK's own stands in cdk.json, as `@aws-cdk/core:bootstrapQualifier`.
    """
    found = stack.synthesizer.bootstrap_qualifier
    return DefaultStackSynthesizer.DEFAULT_QUALIFIER if found is None else found


def format_arn(
    stack: Stack,
    *,
    service: str,
    resource: str,
    resource_name: str = "",
    region: str | None = None,
    account: str | None = None,
) -> str:
    """Return the ARN of a resource, by default in the account and region of `stack`."""
    location = location_of(stack)
    region = location.region if region is None else region
    account = location.account if account is None else account
    what = f"{resource}/{resource_name}" if resource_name else resource
    return f"arn:{location.partition}:{service}:{region}:{account}:{what}"
