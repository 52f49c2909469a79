"""Readers of roles and managed policies."""

from cfn.live.calls import Call, Properties, Reader, document


def role(call: Call, name: str) -> Properties:
    """Read a role with everything that is attached to it or written into it."""
    found = call("iam", "get_role", {"RoleName": name})["Role"]
    attached = call("iam", "list_attached_role_policies", {"RoleName": name})["AttachedPolicies"]
    inline = call("iam", "list_role_policies", {"RoleName": name})["PolicyNames"]
    return {
        "AssumeRolePolicyDocument": document(found["AssumeRolePolicyDocument"]),
        "ManagedPolicyArns": sorted(one["PolicyArn"] for one in attached),
        "Policies": [_inline(call, name, policy) for policy in inline],
        "MaxSessionDuration": found.get("MaxSessionDuration"),
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Description": found.get("Description"),
    }


def _inline(call: Call, role: str, name: str) -> Properties:
    found = call("iam", "get_role_policy", {"RoleName": role, "PolicyName": name})
    return {"PolicyName": name, "PolicyDocument": document(found["PolicyDocument"])}


def managed_policy(call: Call, arn: str) -> Properties:
    """Read the default version of a managed policy."""
    found = call("iam", "get_policy", {"PolicyArn": arn})["Policy"]
    version = found["DefaultVersionId"]
    read = call("iam", "get_policy_version", {"PolicyArn": arn, "VersionId": version})[
        "PolicyVersion"
    ]
    return {"PolicyDocument": document(read["Document"])}


READERS: dict[str, Reader] = {
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::Role": role,
}
