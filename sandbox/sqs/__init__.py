"""Queue attributes of Amazon SQS."""
