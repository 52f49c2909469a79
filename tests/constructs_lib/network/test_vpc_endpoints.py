"""VPC endpoints of the private network: which services, for which principals and buckets."""

from typing import Any

from tests.constructs_lib.conftest import Stacks
from tests.constructs_lib.network.security_groups import groups


def endpoints(stacks: Stacks, kind: str) -> list[dict[str, Any]]:
    found = stacks.resources("Network", "AWS::EC2::VPCEndpoint")
    return [one for one in found if one["VpcEndpointType"] == kind]


def test_every_service_that_jobs_and_notebooks_call_has_a_vpc_endpoint(kept: Stacks) -> None:
    names = {one["ServiceName"] for one in endpoints(kept, "Interface")}

    assert {name.removeprefix("com.amazonaws.us-east-1.") for name in names} == {
        *("sagemaker.api", "sagemaker.runtime", "monitoring", "ecr.api", "ecr.dkr"),
        *("kms", "logs", "states", "sts"),
    }


def test_a_vpc_endpoint_answers_under_the_services_usual_name(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        assert one["PrivateDnsEnabled"] is True
        assert len(one["SubnetIds"]) == 3
        (group,) = one["SecurityGroupIds"]
        assert group["Fn::GetAtt"][0].startswith("NetworkEndpointsInterfaces")


def test_a_vpc_endpoint_admits_principals_of_this_account(kept: Stacks) -> None:
    for one in endpoints(kept, "Interface"):
        (statement,) = one["PolicyDocument"]["Statement"]
        assert statement.pop("Sid")
        assert statement == {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}},
        }
        assert one["PolicyDocument"]["Version"] == "2012-10-17"


def test_data_leaves_only_to_buckets_of_this_account(kept: Stacks) -> None:
    (gateway,) = endpoints(kept, "Gateway")
    own, layers = gateway["PolicyDocument"]["Statement"]

    assert gateway["PolicyDocument"]["Version"] == "2012-10-17"
    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert (own["Action"], own["Resource"]) == ("s3:*", "*")
    assert {(one["Effect"], one["Principal"]) for one in (own, layers)} == {("Allow", "*")}
    assert layers["Action"] == "s3:GetObject"
    assert "prod-us-east-1-starport-layer-bucket/*" in str(layers["Resource"])
    assert len(gateway["RouteTableIds"]) == 1


def test_only_jobs_reach_the_vpc_endpoints_and_only_over_https(kept: Stacks) -> None:
    (rule,) = groups(kept)["AWS"]["SecurityGroupIngress"]

    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (443, 443, "tcp")
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("NetworkJobs")


def test_nothing_goes_out_of_a_vpc_endpoint(kept: Stacks) -> None:
    (rule,) = groups(kept)["AWS"]["SecurityGroupEgress"]

    # An echo reply to no address: without a rule, EC2 adds one that allows everything.
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("icmp", 252, 86)
    assert rule["CidrIp"] == "255.255.255.255/32"
