"""Environment variables of a kernel that stands for one of the deployed notebook instance."""

import base64
import re
from typing import Any

from cli.environments.environment import Environment
from cli.sandbox.client_variables import PYTHON_PATH, client_variables
from cli.sandbox.role_session import session_variables
from config.outputs import NOTEBOOK_INSTANCE_NAME
from config.stack_names import WORKBENCH

_EXPORT = re.compile(r"export (\w+)=([^\s']+)")


def kernel_variables(env: Environment) -> dict[str, str]:
    """Return the exports of the instance's start script, its role's session, and the sandbox.

    Raises Failure when no notebook instance is deployed in this sandbox.
    """
    sagemaker = env.aws("sagemaker")
    name = env.output(WORKBENCH, NOTEBOOK_INSTANCE_NAME)
    instance: dict[str, Any] = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
    config = sagemaker.describe_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=instance["NotebookInstanceLifecycleConfigName"]
    )
    script = base64.b64decode(config["OnStart"][0]["Content"]).decode()
    return {
        **client_variables(env.connection),
        **session_variables(env.connection, instance["RoleArn"]),
        **dict(_EXPORT.findall(script)),
        "PYTHONPATH": PYTHON_PATH,
    }
