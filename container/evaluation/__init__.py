"""How good a model is, and by how much."""
