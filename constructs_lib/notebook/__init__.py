"""The notebook instance, its lifecycle scripts and what it may do."""
