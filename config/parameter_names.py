"""SSM parameters that no stack owns: the workflows write them, the command line deletes them."""


def newest_data_parameter(stage: str, model: str) -> str:
    """Return the name of the parameter with the data version of `model` that was named last."""
    # SSM reserves names that begin with "aws" or "ssm", and a platform may be called so.
    return f"/newest-data/{stage}/{model}"
