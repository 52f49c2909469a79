"""Step Functions: executions and service integrations."""
