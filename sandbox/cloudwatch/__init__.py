"""CloudWatch: metrics, metric math, and alarms with what they do."""
