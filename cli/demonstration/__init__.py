"""The demonstration in ten steps, with its data."""
