"""Batch transform: mini-batches of S3 objects to the containers of a model, responses to S3."""
