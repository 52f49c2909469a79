"""Other algorithms: each folder holds what replaces the files of the same name above."""
