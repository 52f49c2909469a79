"""What a revision does to an environment, and which of it a person has to look at."""
