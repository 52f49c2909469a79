"""ECR pulls across accounts: repository policies, and layers that can be downloaded."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecr import urls
from moto.ecr.models import ecr_backends
from moto.ecr.responses import ECRResponse

from sandbox.ecr import images
from sandbox.iam import role_check
from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.state.stores import Document

LAYERS = "/sandbox/layers/"


class Response(ECRResponse):
    """The operations of ECR, each on the registry it names."""

    @property
    def ecr_backend(self) -> Any:
        """The registry of the request, or another account's that admits this one."""
        owner = self._get_param("registryId") or self.current_account
        backend = ecr_backends[owner][self.region]
        if owner != self.current_account:
            self._need(backend)
        return backend

    def _need(self, backend: Any) -> None:
        name = str(self._get_param("repositoryName"))
        arn = f"arn:aws:ecr:{self.region}:{backend.account_id}:repository/{name}"
        action = f"ecr:{self._get_action()}"
        denied = role_check.account_refusal(self.current_account, action, arn)
        if denied is not None:
            raise JsonRESTError("AccessDeniedException", denied)

    def get_download_url_for_layer(self) -> ActionResult:
        """Return where a layer can be fetched for a while."""
        digest = str(self._get_param("layerDigest"))
        self.ecr_backend.batch_check_layer_availability(self._get_param("repositoryName"), [digest])
        url = f"{context.current().url}{LAYERS}{digest}?signature={_signature(digest)}"
        return ActionResult({"downloadUrl": url, "layerDigest": digest})


def blob(digest: str) -> bytes | None:
    """Return the bytes behind a digest: an image's record, or what stands for its source."""
    records = images.image_folder("manifests")
    record = records / f"{digest.removeprefix('sha256:')}.json"
    if record.is_file():
        return record.read_bytes()
    for path in records.glob("*.json"):
        name = str(json.loads(path.read_text())["folder"]).rpartition("/")[2].encode()
        if digest == "sha256:" + hashlib.sha256(name).hexdigest():
            return name
    return None


def serve(environ: Document, start_response: Any) -> Iterable[bytes] | None:
    """Answer the download of a layer; None for any other request."""
    path = environ.get("PATH_INFO", "")
    if not path.startswith(LAYERS):
        return None
    digest = path.removeprefix(LAYERS)
    # As on AWS the address alone gives access, and is given to who may pull.
    if not hmac.compare_digest(environ.get("QUERY_STRING", ""), f"signature={_signature(digest)}"):
        start_response("403 Forbidden", [])
        return [b""]
    found = blob(digest)
    start_response("200 OK" if found is not None else "404 Not Found", [])
    return [found or b""]


def _signature(digest: str) -> str:
    return hmac.digest(context.current().secret.encode(), digest.encode(), "sha256").hex()


def install() -> None:
    """Put these operations in front of moto's."""
    urls.url_paths["{0}/$"] = Response.dispatch
