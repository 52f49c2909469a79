"""CloudFormation exports that a stack keeps whether or not another stack imports them.

The CDK makes an export for a value that another stack uses, and drops it with the last use. It
deploys the exporting stack first, and CloudFormation refuses to drop what the other stack still
imports ("Export … cannot be deleted as it is in use"): an edit that only ends a use could never be
deployed. The remedy is the CDK's own, `Stack.exportValue`:
https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Stack.html#exportwbrvalueexportedvalue-options
"""

from aws_cdk import Reference, Stack, Tokenization


def export_always(stack: Stack, *values: str) -> None:
    """Export `values` under the names that the CDK gives them when another stack uses them.

    A value of an existing resource is passed over: no resource of `stack` has it.
    """
    for value in values:
        if Reference.is_reference(Tokenization.reverse(value, fail_concat=False)):
            stack.export_value(value)
