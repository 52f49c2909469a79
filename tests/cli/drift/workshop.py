"""What a person with too many rights does to a deployed environment."""

import json
import time
from dataclasses import dataclass
from typing import Any

from cli.environments.environment import Environment


@dataclass(frozen=True)
class Workshop:
    """The clients of one environment, and changes that take several calls."""

    env: Environment

    def aws(self, service: str) -> Any:
        """The client of a service."""
        return self.env.aws(service)

    def find(self, kind: str, part: str) -> tuple[str, str, str]:
        """Stack, logical id and physical id of the first resource of a type."""
        formation = self.aws("cloudformation")
        for stack in filter(None, self.env.stacks().values()):
            pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
            for page in pages:
                for item in page["StackResourceSummaries"]:
                    if item["ResourceType"] == kind and part in item["LogicalResourceId"]:
                        return stack.name, item["LogicalResourceId"], item["PhysicalResourceId"]
        raise AssertionError(f"no {kind} with {part!r}")

    def notebook(self, arn: str) -> None:
        """Give the notebook another machine, for which it has to be stopped."""
        sagemaker, name = self.aws("sagemaker"), {"NotebookInstanceName": arn.rpartition("/")[2]}
        sagemaker.stop_notebook_instance(**name)
        sagemaker.update_notebook_instance(**name, InstanceType="ml.p3.2xlarge")
        sagemaker.start_notebook_instance(**name)

    def without_targets(self, rule: str) -> None:
        """Take every target of a rule away."""
        events = self.aws("events")
        targets = events.list_targets_by_rule(Rule=rule)["Targets"]
        events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])

    def shorter_queue(self, url: str) -> None:
        """Keep messages for a minute."""
        self.aws("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"}
        )

    def opened_topic(self) -> None:
        """Let anybody publish."""
        *_, topic = self.find("AWS::SNS::Topic", "")
        allowed = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self.aws("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=policy
        )

    def wait_for_endpoint(self, name: str) -> None:
        """Wait until an endpoint changes no more."""
        while True:
            found = self.aws("sagemaker").describe_endpoint(EndpointName=name)
            if found["EndpointStatus"] in ("InService", "Failed"):
                return
            time.sleep(0.05)
