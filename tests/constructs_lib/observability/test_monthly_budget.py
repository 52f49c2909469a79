"""The monthly budget: what it counts, and when it alerts."""

from tests.constructs_lib.conftest import Stacks


def test_the_budget_counts_what_carries_the_environments_tag(usual: Stacks) -> None:
    (budget,) = usual.resources("Monitoring", "AWS::Budgets::Budget")

    assert budget["Budget"]["BudgetLimit"] == {"Amount": 250, "Unit": "USD"}
    assert budget["Budget"]["TimeUnit"] == "MONTHLY"
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:kiban:environment$kiban-test"]}


def test_the_budget_warns_before_and_at_the_limit(usual: Stacks) -> None:
    (budget,) = usual.resources("Monitoring", "AWS::Budgets::Budget")
    warnings = [one["Notification"] for one in budget["NotificationsWithSubscribers"]]

    assert [(one["Threshold"], one["ThresholdType"]) for one in warnings] == [
        (80, "PERCENTAGE"),
        (100, "PERCENTAGE"),
    ]
    for one in budget["NotificationsWithSubscribers"]:
        assert [subscriber["SubscriptionType"] for subscriber in one["Subscribers"]] == ["SNS"]


def test_the_budget_counts_actual_costs_and_notifies_the_topic(usual: Stacks) -> None:
    (budget,) = usual.resources("Monitoring", "AWS::Budgets::Budget")

    assert budget["Budget"]["BudgetType"] == "COST"
    for one in budget["NotificationsWithSubscribers"]:
        assert one["Notification"]["NotificationType"] == "ACTUAL"
        assert one["Notification"]["ComparisonOperator"] == "GREATER_THAN"
        (subscriber,) = one["Subscribers"]
        assert subscriber["Address"]["Ref"].startswith("Topic")
