"""What a command reads from and prints to the terminal: options, tables, spinners, errors."""
