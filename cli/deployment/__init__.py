"""Synthesis, deployment and deletion with the CDK command line."""
