"""Real processes in place of instances, and their log streams."""
