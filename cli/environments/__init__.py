"""Environments: their files, stacks, and what an account and a region must have for them."""
