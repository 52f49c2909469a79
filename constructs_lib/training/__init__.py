"""The training workflow, its states and its triggers."""
