"""Models of older containers made readable: run by a person, never by training or serving."""
