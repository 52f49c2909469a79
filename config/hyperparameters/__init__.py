"""Hyperparameters of an environment file, held to the table of the container that is deployed."""
