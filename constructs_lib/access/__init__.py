"""Roles, and what a wildcard in their permissions is for."""
