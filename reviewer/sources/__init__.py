"""Changed files of a repository, and which of them a person has to look at."""
