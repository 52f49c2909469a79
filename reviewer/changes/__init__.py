"""Diff of two revisions of an environment, and the findings that a person has to look at."""
