"""Training: from channels to a model."""
