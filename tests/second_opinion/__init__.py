"""Our templates, policies and state machines, given to an emulator that nobody here wrote."""
