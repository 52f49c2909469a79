"""Deployment of a new endpoint configuration in steps that alarms take back."""
