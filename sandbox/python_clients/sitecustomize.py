"""Keeps the AWS clients of a Python program in the sandbox; `./kiban env export` puts it first.

The SageMaker SDKs name the address of the real STS themselves, so that AWS_ENDPOINT_URL does not
count and their first call would leave this machine, signed with a key that only the sandbox knows:
https://github.com/aws/sagemaker-python-sdk/blob/master/src/sagemaker/session.py
Python imports a module of this name at its start. It stands alone, and does nothing for a program
that imports no botocore or that has AWS_ENDPOINT_URL of another machine.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

_PATCHED = "botocore.args"
_HERE = str(Path(__file__).parent)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def stay_inside(args: ModuleType, sandbox_url: str) -> None:
    """Have clients of botocore's module `args` call the sandbox where they were told AWS.

    botocore has the method that is replaced since it reads AWS_ENDPOINT_URL; without it no client
    is made, and none leaves.
    """
    creator = args.ClientArgsCreator
    compute = creator._compute_configured_endpoint_url

    def _compute_configured_endpoint_url(self: Any, client_config: Any, endpoint_url: Any) -> Any:
        if endpoint_url and urlsplit(endpoint_url).hostname not in _LOOPBACK:
            return sandbox_url
        return compute(self, client_config, endpoint_url)

    creator._compute_configured_endpoint_url = _compute_configured_endpoint_url


class _Finder(importlib.abc.MetaPathFinder):
    """Finds botocore's module `args` as everybody does, and has it changed once it is loaded."""

    def __init__(self, sandbox_url: str) -> None:
        self._url = sandbox_url

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of the one module, None for every other."""
        if name != _PATCHED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        loader, url = spec.loader, self._url

        def exec_module(module: ModuleType) -> None:
            type(loader).exec_module(loader, module)
            stay_inside(module, url)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _run_shadowed() -> None:
    """Run the module of this name that an installation has of its own."""
    folders = [folder for folder in sys.path if folder != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", folders)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_url = os.environ.get("AWS_ENDPOINT_URL", "")
if urlsplit(_url).hostname in _LOOPBACK:
    sys.meta_path.insert(0, _Finder(_url))
_run_shadowed()
