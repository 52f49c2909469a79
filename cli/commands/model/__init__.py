"""Commands about models, their data and their containers."""
