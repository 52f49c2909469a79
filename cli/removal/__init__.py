"""Deletion of stacks: what stands in its way, what runs, and what the file no longer has."""
