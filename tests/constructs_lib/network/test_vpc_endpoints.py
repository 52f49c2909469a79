"""VPC endpoints of the private network: which services, for which principals and buckets."""

from typing import Any

from constructs_lib.network.vpc_endpoints import INTERFACES
from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.network.security_groups import groups


def endpoints(stacks: Stacks, kind: str) -> list[dict[str, Any]]:
    found = stacks.resources("Network", "AWS::EC2::VPCEndpoint")
    return [one for one in found if one["VpcEndpointType"] == kind]


def test_every_service_that_jobs_and_notebooks_call_has_a_vpc_endpoint(kept: Stacks) -> None:
    names = {one["ServiceName"] for one in endpoints(kept, "Interface")}

    assert names == {f"com.amazonaws.us-east-1.{service}" for service in INTERFACES.values()}
    assert {"sagemaker.api", "sagemaker.runtime", "sts", "logs", "kms", "states"} <= {
        name.removeprefix("com.amazonaws.us-east-1.") for name in names
    }


def test_a_vpc_endpoint_answers_under_the_services_usual_name(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        assert one["PrivateDnsEnabled"] is True
        assert len(one["SubnetIds"]) == 3


def test_a_vpc_endpoint_admits_principals_of_this_account(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        (statement,) = one["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
        }


def test_data_leaves_only_to_buckets_of_this_account(kept: Stacks) -> None:
    (gateway,) = endpoints(kept, "Gateway")
    own, layers = gateway["PolicyDocument"]["Statement"]

    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert layers["Action"] == "s3:GetObject"
    assert "prod-us-east-1-starport-layer-bucket/*" in str(layers["Resource"])
    assert len(gateway["RouteTableIds"]) == 1


def test_only_jobs_reach_the_vpc_endpoints_and_only_over_https(kept: Stacks) -> None:
    (rule,) = groups(kept)["AWS"]["SecurityGroupIngress"]

    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("NetworkJobs")
