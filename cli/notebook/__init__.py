"""JupyterLab on this machine, for a sandbox."""
