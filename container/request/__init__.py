"""Request bodies: from bytes to rows for a model."""
