"""Application Auto Scaling: policies, schedules and what they did."""
