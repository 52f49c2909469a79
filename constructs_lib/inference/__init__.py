"""Model, endpoint, scaling, alarms and deployment guardrails."""
