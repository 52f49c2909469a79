"""Which stack a construct lives in, asked once: every question crosses to the CDK's own process."""

from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import IConstruct

_KNOWN: "WeakKeyDictionary[IConstruct, Stack]" = WeakKeyDictionary()


def stack_of(construct: IConstruct) -> Stack:
    """The stack of `construct`; it never moves to another."""
    if construct not in _KNOWN:
        _KNOWN[construct] = Stack.of(construct)
    return _KNOWN[construct]
