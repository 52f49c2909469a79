"""Judge of differences: every one asks for a person, unless a row of a table proves it harmless."""
