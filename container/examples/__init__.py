"""Other algorithms: the files of each folder replace those of the same name one level up."""
