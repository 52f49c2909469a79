"""Findings about what reaches whom: addresses, security groups and routes."""
