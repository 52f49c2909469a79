"""What AWS refuses of a request: constraints of its model, and rules over what exists."""
