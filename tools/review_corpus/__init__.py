"""Corpus of changes to a CloudFormation environment: what a review has to name, and what not."""
