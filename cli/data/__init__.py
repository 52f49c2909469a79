"""Training data: CSV files, their split, and the versions in the data bucket."""
