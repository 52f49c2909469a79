"""Resources that are compared with another one: of an existing model, or of another logical id."""
