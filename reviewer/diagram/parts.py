"""The resources that are worth a place in a picture, and which of the others belong to each."""

from dataclasses import dataclass

from reviewer.assembly import Assembly, Resource

Category = str


@dataclass(frozen=True)
class Look:
    """How one type is drawn: its family, as AWS groups its services, and what people call it."""

    category: Category
    word: str


# What matters most comes first: a card has room for a few.
LOOKS: dict[str, Look] = {
    "AWS::SageMaker::Endpoint": Look("learning", "endpoint"),
    "AWS::SageMaker::Model": Look("learning", "model"),
    "AWS::SageMaker::NotebookInstance": Look("learning", "notebook"),
    "AWS::StepFunctions::StateMachine": Look("integration", "state machine"),
    "AWS::SageMaker::ModelPackageGroup": Look("learning", "model versions"),
    "AWS::EC2::VPC": Look("network", "network"),
    "AWS::S3::Bucket": Look("storage", "bucket"),
    "AWS::KMS::Key": Look("security", "key"),
    "AWS::ECR::Repository": Look("containers", "image repository"),
    "AWS::CodeBuild::Project": Look("developer", "image build"),
    "AWS::Lambda::Function": Look("compute", "function"),
    "AWS::SNS::Topic": Look("integration", "topic"),
    "AWS::Events::Rule": Look("integration", "event rule"),
    "AWS::Scheduler::Schedule": Look("integration", "schedule"),
    "AWS::SQS::Queue": Look("integration", "queue"),
    "AWS::Budgets::Budget": Look("management", "budget"),
    "AWS::CloudWatch::Dashboard": Look("management", "dashboard"),
    "AWS::SSM::Parameter": Look("management", "parameter"),
}


def is_principal(item: Resource) -> bool:
    """Whether a resource has a place of its own in a picture."""
    return item.type in LOOKS


def belongings(assembly: Assembly) -> dict[Resource, Resource]:
    """The principal that each other resource belongs to, by its place among the constructs.

    `Workflow/Machine/Logs` belongs to `Workflow/Machine`; what belongs to none is left out.
    """
    found: dict[Resource, Resource] = {}
    for stack in assembly.stacks:
        principals = {item.name: item for item in stack.resources if is_principal(item)}
        for item in stack.resources:
            if not is_principal(item) and (home := _home(item.name, principals)):
                found[item] = home
    return found


def _home(name: str, principals: dict[str, Resource]) -> Resource | None:
    parts = name.split("/")
    for length in range(len(parts), 0, -1):
        home = principals.get("/".join(parts[:length]))
        if home is not None:
            return home
    return None
