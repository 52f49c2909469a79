"""HTTP server for predictions."""
