"""Findings about what reaches whom: security groups and routes."""
