"""What else a value could be: other references of an environment, other texts of an enumeration."""

from collections.abc import Iterator
from typing import Any

from reviewer.assembly import Assembly, Resource
from reviewer.resolver import Resolver
from tools.review_corpus.generated.meaning import Meaning
from tools.review_corpus.generated.mutation import Kind

# An address of another account, by the type of what is referred to.
_FOREIGN = {
    "AWS::EC2::SecurityGroup": "sg-0aaaaaaaaaaaaaaaa",
    "AWS::EC2::Subnet": "subnet-0aaaaaaaaaaaaaaaa",
    "AWS::EC2::VPC": "vpc-0aaaaaaaaaaaaaaaa",
    "AWS::EC2::RouteTable": "rtb-0aaaaaaaaaaaaaaaa",
    "AWS::IAM::Role": "arn:aws:iam::444455556666:role/elsewhere",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::444455556666:policy/elsewhere",
    "AWS::KMS::Key": "arn:aws:kms:us-east-1:444455556666:key/00000000-0000-0000-0000-000000000000",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:444455556666:elsewhere",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:444455556666:elsewhere",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:us-east-1:444455556666:stateMachine:other",
}
_ANY = "elsewhere"


class Others:
    """Other values for those of one stack."""

    def __init__(self, assembly: Assembly, stack: str, meaning: Meaning) -> None:
        self._resolver = Resolver(assembly)
        self._assembly, self._stack, self._meaning = assembly, stack, meaning

    def references(self, value: Any) -> Iterator[tuple[Kind, Any]]:
        """Yield a reference to another resource of the type, and an address that is typed."""
        target = self._resolver.target(self._stack, value)
        if target is not None and (other := self._exchanged(value, target)) is not None:
            yield "exchanged", other
        yield "foreign", _FOREIGN.get(target.type, _ANY) if target else _ANY

    def texts(self, path: str, text: str) -> Iterator[str]:
        """Yield another value of the enumeration, or a longer text."""
        known = self._meaning.values.get(path.rpartition("/")[2], [])
        other = next((one for one in known if one != text), None)
        yield other if other is not None else f"{text}-other"

    def _exchanged(self, value: Any, target: Resource) -> Any:
        if "Fn::ImportValue" in value:
            return self._other_export(value["Fn::ImportValue"], target)
        for item in self._assembly.resources(target.type):
            if item.stack == self._stack and item != target:
                own = item.logical_id
                return {"Ref": own} if "Ref" in value else {"Fn::GetAtt": [own, *_attribute(value)]}
        return None

    def _other_export(self, name: str, target: Resource) -> Any:
        exported = self._resolver.exports[name][1] or {}
        for other, (stack, value) in self._resolver.exports.items():
            item = self._resolver.target(stack, value)
            is_like = item is not None and item.type == target.type
            if other != name and is_like and set(value or {}) == set(exported):
                return {"Fn::ImportValue": other}
        return None


def _attribute(value: Any) -> list[str]:
    found: list[str] = value["Fn::GetAtt"][1:]
    return found
