"""Log groups, alerts, dashboards and the budget."""
