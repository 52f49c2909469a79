"""Mutation operators: each yields the edits that weaken one kind of code."""
