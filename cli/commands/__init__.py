"""One command per file: it reads its arguments, calls the rooms below and prints."""
