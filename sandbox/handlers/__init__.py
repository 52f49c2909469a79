"""Handlers of CloudFormation resource types."""
