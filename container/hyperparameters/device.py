"""Decides whether a GPU is used: never silently the CPU where a GPU was asked for."""

from pathlib import Path

from container.contract.errors import InputError
from container.hyperparameters.kinds import WHERE


def chosen_device(asked: str, *, built_for_gpu: bool) -> str:
    """`cuda` or `cpu`; raises InputError where `cuda` was asked for and cannot be had."""
    # The driver of NVIDIA makes one such file for each GPU that the container may use.
    gpus = list(Path("/dev").glob("nvidia[0-9]*"))
    if asked == "cuda" and not (built_for_gpu and gpus):
        lack = "a GPU, and there is none" if built_for_gpu else "an XGBoost built for GPUs"
        raise InputError(f"{WHERE}: device cuda needs {lack}; set device to cpu or auto")
    return "cuda" if asked != "cpu" and built_for_gpu and gpus else "cpu"
