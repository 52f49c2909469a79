"""From channels to a model."""
