"""Commands about the sandbox on this machine."""
