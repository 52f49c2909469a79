"""Deployment from a repository without a stored key."""
