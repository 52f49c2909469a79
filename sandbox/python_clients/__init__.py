"""What Python programs of others load so that their clients stay in the sandbox."""
