"""Training data: from the files of a channel to a dataset."""
