"""A picture says who does what to whom, by references, events and rights, and nothing else."""

from typing import Any

import pytest

from cfn.catalogue import rows
from reviewer.assembly import Assembly
from reviewer.diagram import layout
from reviewer.diagram.cards import Edge
from reviewer.diagram.glyphs import COLOURS, GLYPHS
from reviewer.diagram.graph import APPLICATIONS, Graph
from reviewer.diagram.layout import Box, Layout
from reviewer.diagram.pictures import pictures
from reviewer.resolver import Resolver
from tests.reviewer.handmade import environment, stack

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "s"}, "Action": "a"}]}
BUCKET, TOPIC = {"Type": "AWS::S3::Bucket", "Properties": {}}, {"Type": "AWS::SNS::Topic"}


def graph(**resources: dict[str, Any]) -> Graph:
    return of(environment(stack(resources)))


def of(assembly: Assembly) -> Graph:
    return Graph(assembly, Resolver(assembly))


def body(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def machine(*actions: str, on: Any, effect: str = "Allow") -> dict[str, dict[str, Any]]:
    """A state machine whose role may do this."""
    statement = {"Effect": effect, "Action": [*actions], "Resource": on}
    return {
        "Machine": body(
            "AWS::StepFunctions::StateMachine", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}
        ),
        "Role": body("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST),
        "Policy": body(
            "AWS::IAM::ManagedPolicy",
            Roles=[{"Ref": "Role"}],
            PolicyDocument={"Statement": [statement]},
        ),
    }


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("s3:GetObject", "reads"),
        ("s3:GetObjectVersion", "reads"),
        ("s3:PutObject", "writes"),
        ("states:StartExecution", "starts"),
        ("sagemaker:InvokeEndpoint", "calls"),
        ("sagemaker:StopNotebookInstance", "stops"),
        ("sagemaker:CreateModelPackage", "registers in"),
        ("sagemaker:UpdateModelPackage", "judges"),
        ("sagemaker:ListModelPackages", "looks up"),
        ("sagemaker:DescribeModelPackage", "looks up"),
        ("codebuild:StartBuild", "starts"),
        ("ecr:BatchGetImage", "pulls"),
        ("ecr:PutImage", "pushes to"),
        ("sns:Publish", "notifies"),
        ("sqs:SendMessage", "leaves behind"),
        ("ssm:PutParameter", "remembers"),
        ("cloudformation:UpdateStack", "updates"),
    ],
)
def test_a_right_is_a_line_with_a_verb(action: str, verb: str) -> None:
    found = graph(Data=BUCKET, **machine(action, on={"Fn::GetAtt": ["Data", "Arn"]}))

    assert found.edges == [Edge("Storage/Machine", "Storage/Data", verb)]
    assert found.touching("Storage") == found.edges
    assert found.touching("Elsewhere") == []


def test_a_refusal_and_a_right_without_a_verb_are_no_lines() -> None:
    arn = {"Fn::GetAtt": ["Data", "Arn"]}

    assert graph(Data=BUCKET, **machine("s3:GetObject", on=arn, effect="Deny")).edges == []
    assert graph(Data=BUCKET, **machine("s3:ListBucket", on=arn)).edges == []


def test_a_machine_that_starts_itself_is_no_line() -> None:
    own = {"Fn::GetAtt": ["Machine", "Arn"]}

    assert graph(**machine("states:StartExecution", on=own)).edges == []


def test_what_is_called_by_its_name_is_found_by_the_end_of_an_arn() -> None:
    endpoint = body("AWS::SageMaker::Endpoint", EndpointName="kiban-churn")
    arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/kiban-churn"

    def edges(resource: str) -> list[Edge]:
        return graph(It=endpoint, **machine("sagemaker:InvokeEndpoint", on=resource)).edges

    assert edges(arn) == [Edge("Storage/Machine", "Storage/It", "calls")]
    assert edges(f"{arn}-2") == []
    unnamed = body("AWS::SageMaker::Endpoint", EndpointName={"Ref": "AWS::StackName"})
    assert graph(It=unnamed, **machine("sagemaker:InvokeEndpoint", on=arn)).edges == []


def test_an_update_of_a_stack_is_one_of_the_endpoint_in_it() -> None:
    endpoint = body("AWS::SageMaker::Endpoint", EndpointName="kiban-churn")

    def edges(resource: str) -> list[Edge]:
        acting = stack(machine("cloudformation:UpdateStack", on=resource), "Training")
        return of(environment(acting, stack({"It": endpoint}, "Inference"))).edges

    there = Edge("Training/Machine", "Inference/It", "updates")
    assert edges("cloudformation:stack/kiban-x-Inference/*") == [there]
    assert edges("cloudformation:stack/kiban-x-Training/*") == []
    assert edges("other:stack/kiban-x-Inference/*") == []


def test_a_policy_that_no_role_of_ours_carries_is_for_applications() -> None:
    policy = machine("s3:GetObject", on={"Fn::GetAtt": ["Data", "Arn"]})["Policy"]
    orphan = body("AWS::IAM::ManagedPolicy", PolicyDocument=policy["Properties"]["PolicyDocument"])
    alone = graph(Data=BUCKET, Policy=orphan)

    assert alone.edges == [Edge(APPLICATIONS, "Storage/Data", "reads")]
    environment_, inside = pictures(alone, Resolver(alone.assembly), {})
    assert [card.id for card in environment_.cards] == [APPLICATIONS, "Storage"]
    assert {card.id: card.is_foreign for card in inside.cards} == {
        APPLICATIONS: True,
        "Storage/Data": False,
    }
    role_only = machine("s3:GetObject", on={"Fn::GetAtt": ["Data", "Arn"]})
    del role_only["Machine"]
    assert graph(Data=BUCKET, **role_only).edges == []


def test_a_rule_is_told_by_what_its_pattern_names() -> None:
    group = body("AWS::SageMaker::ModelPackageGroup", ModelPackageGroupName="kiban-churn")

    def edges(name: str) -> list[Edge]:
        pattern = {"detail": {"ModelPackageGroupName": [name]}}
        return graph(It=group, Rule=body("AWS::Events::Rule", EventPattern=pattern)).edges

    assert edges("kiban-churn") == [Edge("Storage/It", "Storage/Rule", "tells")]
    assert edges("kiban-churn-2") == []
    other = body("AWS::Events::Rule", EventPattern={"detail": {"Name": ["kiban-churn"]}})
    assert graph(It=group, Rule=other).edges == []


def card_of(found: Graph, marks: dict[str, Any] | None = None) -> Any:
    (_, inside) = pictures(found, Resolver(found.assembly), marks or {})
    return inside.cards[0]


def notes(**given: Any) -> str:
    return " · ".join(card_of(graph(It={**BUCKET, **given})).notes)


def test_a_card_says_whether_data_outlives_its_stack_and_under_which_key() -> None:
    ours = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "Key"}}
    rules = [{"ServerSideEncryptionByDefault": ours}]
    encrypted = {"BucketEncryption": {"ServerSideEncryptionConfiguration": rules}}

    assert notes() == "bucket · ends with its stack"
    assert notes(DeletionPolicy="Retain") == "bucket · kept"
    assert "own key" in notes(Properties=encrypted)
    assert "kept" not in " ".join(card_of(graph(It=TOPIC)).notes)


def test_what_changed_beside_a_resource_marks_its_card() -> None:
    found = graph(It=BUCKET)

    assert card_of(found).mark == ""
    assert card_of(found, {"Storage/It": "added"}).mark == "added"
    assert card_of(found, {"Storage/Other": "added"}).mark == ""


def test_four_stacks_of_one_kind_share_a_card() -> None:
    def cards(number: int) -> list[str]:
        many = environment(*(stack({"It": BUCKET}, f"Training-m{n}") for n in range(number)))
        (whole, *_) = pictures(of(many), Resolver(many), {})
        return [card.id for card in whole.cards]

    assert cards(3) == ["Training-m0", "Training-m1", "Training-m2"]
    assert cards(4) == ["Training-*"]


def test_a_card_of_a_stack_has_seven_rows_at_most() -> None:
    def rows_of(number: int) -> list[str]:
        found = graph(**{f"B{n}": BUCKET for n in range(number)})
        (whole, *_) = pictures(found, Resolver(found.assembly), {})
        return [row.text for row in whole.cards[0].rows]

    assert rows_of(7) == [f"B{n}" for n in range(7)]
    assert rows_of(9) == [*(f"B{n}" for n in range(6)), "3 more"]


def test_a_card_shows_what_is_in_its_own_stack_only() -> None:
    both = environment(stack({"Mine": BUCKET}), stack({"Other": BUCKET}, "Elsewhere"))
    (whole, first, second) = pictures(of(both), Resolver(both), {})

    assert [[row.text for row in card.rows] for card in whole.cards] == [["Mine"], ["Other"]]
    assert [[card.id for card in one.cards] for one in (first, second)] == [
        ["Storage/Mine"],
        ["Elsewhere/Other"],
    ]


def test_every_icon_of_the_catalogue_is_drawn_in_a_colour_and_every_one_is_used() -> None:
    icons = [facts.icon for facts in rows().values() if facts.icon is not None]

    assert {*GLYPHS} == {icon.word for icon in icons} | {"applications", "stack"}
    assert {icon.family for icon in icons} | {"outside"} <= {*COLOURS}
    assert all(len(colour) == 7 for colour in COLOURS.values())


def spread(*widths: float, placed: Layout | None = None) -> Layout:
    """Boxes that no line touches, laid out beside what is placed already."""
    plan = Layout(tuple(Box(f"b{n}", width, 50) for n, width in enumerate(widths)), ())
    return layout._with_loose(plan, placed or Layout((), ()))


def test_loose_boxes_stand_side_by_side_as_far_as_four_hundred_units_reach() -> None:
    # 14 of margin, 179, 14, 179, 14: exactly four hundred.
    fitting, wrapped = spread(179, 179), spread(179, 180)

    assert [(box.x, box.y) for box in fitting.boxes] == [(14, 14), (207, 14)]
    assert [(box.x, box.y) for box in wrapped.boxes] == [(14, 14), (14, 78)]
    assert (fitting.width, fitting.height) == (400, 78)


def test_a_box_wider_than_the_room_stands_in_the_first_line() -> None:
    wide = spread(900)

    assert [(box.x, box.y) for box in wide.boxes] == [(14, 14)]
    assert wide.width == 928


def test_what_is_placed_stays_where_it_is() -> None:
    done = Layout((Box("b0", 100, 50, 20, 30),), (), 140, 94)

    assert spread(100, placed=done) == done
    beside = spread(100, 60, placed=done)
    assert [(box.x, box.y) for box in beside.boxes] == [(20, 30), (14, 94)]
    assert (beside.width, beside.height) == (140, 158)
