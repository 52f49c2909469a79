"""How fast the container is, measured beside a conventional server and an empty one."""
