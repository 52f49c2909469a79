"""IAM permissions of one role, collected until its customer-managed policy is made."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access.wildcards import wildcard_findings
from constructs_lib.synthesis.acknowledgments import acknowledge_each


class Permissions:
    """The grantee of every grant: statements of one policy in `stack`, complete when it is made.

    They reach the CDK in one call; a call for each grant took a fifth of the time of a model.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._is_made = False
        self._statements: list[dict[str, Any]] = []
        self._wildcards: list[str] = []
        self._reasons: list[str] = []

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Add one statement; after the policy was made this raises RuntimeError."""
        self._refuse_if_made()
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
        self._statements.append(statement | ({"Condition": conditions} if conditions else {}))

    def acknowledge_wildcard(self, resource: str, reason: str) -> None:
        """Record why there is a grant on `resource`, an ARN that ends in `*`.

        `reason` names the call that needs it. A reference into another stack must be an export
        (`imported_arn`): only then is the finding's name known before synthesis.
        """
        self._refuse_if_made()
        self._wildcards.append(resource)
        self._reasons.append(reason)

    def make_policy(
        self, scope: Construct, construct_id: str, *, purpose: str
    ) -> iam.ManagedPolicy:
        """Make the policy of everything that was granted; nothing can be granted afterwards."""
        self._refuse_if_made()
        self._is_made = True
        document = {"Version": "2012-10-17", "Statement": self._statements}
        policy = iam.ManagedPolicy(
            scope,
            construct_id,
            description=purpose,
            document=iam.PolicyDocument.from_json(document),
        )
        findings = wildcard_findings(self.stack, self._wildcards)
        acknowledge_each(policy, zip(findings, self._reasons, strict=True))
        return policy

    def _refuse_if_made(self) -> None:
        if self._is_made:
            raise RuntimeError("the policy was made already: grant first, then make the role")
