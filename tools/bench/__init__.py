"""What Kiban costs in time and size, measured side by side in one run."""
