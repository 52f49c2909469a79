"""Sessions of a role that a service hands to a program, and a person may ask the sandbox for."""

from __future__ import annotations

from dataclasses import dataclass

REQUEST_PATH = "/sandbox/role-session"
"""Where a person who holds the sandbox's secret asks for one: POST {"RoleArn": …}."""

# SageMaker's own name of the sessions in its containers.
SESSION_NAME = "SageMaker"
# AWS renews what a container has before it ends; here it outlives every sandbox instead.
_CONTAINER_SECONDS = 10 * 365 * 86_400


@dataclass(frozen=True)
class RoleSession:
    """Credentials of a role; whoever signs with them has the role's rights and no others."""

    key: str
    secret: str
    token: str
    expiration: str

    def variables(self) -> dict[str, str]:
        """Return the variables that every AWS SDK reads credentials from."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
        }


def issue(
    role_arn: str, session_name: str = SESSION_NAME, seconds: int = _CONTAINER_SECONDS
) -> RoleSession:
    """Return a new session of the role, without a question to its trust policy.

    KeyError when IAM does not know the role.
    """
    # The command line reads the path above, and has no use for moto.
    from moto.sts.models import sts_backends

    from sandbox.iam import role_check

    if not role_check.exists(role_arn):
        raise KeyError(role_arn)
    account = role_arn.split(":")[4]
    session = sts_backends[account]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name=session_name,
        role_arn=role_arn,
        policy="",
        duration=seconds,
        external_id="",
    )
    return RoleSession(
        session.access_key_id,
        session.secret_access_key,
        session.session_token,
        session.expiration.isoformat() + "Z",
    )


def variables_of(role_arn: str | None) -> dict[str, str]:
    """Return the credentials of a container with this role; none when IAM does not know it."""
    try:
        return {} if role_arn is None else issue(role_arn).variables()
    except KeyError:
        return {}
