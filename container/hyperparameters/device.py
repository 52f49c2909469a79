"""Decides whether a GPU is used: never silently the CPU where a GPU was asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from container.contract.errors import InputError
from container.hyperparameters.kinds import WHERE


def gpu_count() -> int:
    """How many GPUs this container may use: NVIDIA's driver makes a file for each."""
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def chosen_workers(asked: str, build: Mapping[str, Any]) -> int:
    """How many processes train on this host: one for each GPU, or one for all cores."""
    return max(gpu_count(), 1) if build["USE_CUDA"] and asked != "cpu" else 1


def chosen_device(asked: str, build: Mapping[str, Any]) -> str:
    """`cuda` or `cpu`; raises InputError where `cuda` was asked for and cannot be had."""
    gpus, built_for_gpu = gpu_count(), build["USE_CUDA"]
    if asked == "cuda" and not (built_for_gpu and gpus):
        lack = "a GPU, and there is none" if built_for_gpu else "an XGBoost built for GPUs"
        raise InputError(f"{WHERE}: device cuda needs {lack}; set device to cpu or auto")
    return "cuda" if asked != "cpu" and built_for_gpu and gpus else "cpu"
