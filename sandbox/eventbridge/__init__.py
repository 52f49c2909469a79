"""EventBridge: rules, targets, schedules and alarm events."""
