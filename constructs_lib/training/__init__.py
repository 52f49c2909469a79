"""State machine of a training, its states and its triggers."""
