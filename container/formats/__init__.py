"""How rows come in and answers go out."""
