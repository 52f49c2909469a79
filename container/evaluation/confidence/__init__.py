"""How sure we are of a number: test sets that might have been, and intervals from them."""
