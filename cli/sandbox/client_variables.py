"""Environment variables that keep AWS clients of others, in any language, in the sandbox."""

from cli.aws.connection import Connection
from cli.system.project_paths import PROJECT

# `sitecustomize.py` lies there, which keeps clients inside that name an address of AWS themselves.
PYTHON_PATH = str(PROJECT / "sandbox" / "python_clients")
_SAGEMAKER_SETTINGS = str(PROJECT / "sandbox" / "python_clients" / "sagemaker.yaml")


def client_variables(connection: Connection) -> dict[str, str]:
    """Return the variables for clients of any language; Python needs PYTHON_PATH besides."""
    return {
        **connection.sandbox_variables(),
        # https://sagemaker.readthedocs.io/en/stable/overview.html, "Configuring and using defaults"
        "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": _SAGEMAKER_SETTINGS,
        "SAGEMAKER_USER_CONFIG_OVERRIDE": _SAGEMAKER_SETTINGS,
    }
