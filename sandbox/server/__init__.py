"""The HTTP server: moto with the sandbox's own engine and runners."""
