"""Findings about cost: what each meter does, and the sum over the bounds of the file."""
