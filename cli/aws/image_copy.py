"""Copy of a container image between two ECR registries, layer by layer, with the same digest."""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.aws.connection import Connection, require_loopback
from cli.terminal.errors import Failure

_URI = re.compile(
    r"(?P<registry>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
# SageMaker runs plain Docker manifests; a list of manifests has no layers of its own.
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class EcrImage:
    """An image in ECR as a model names it, by tag or by digest."""

    registry: str
    region: str
    repository: str
    tag: str
    digest: str

    @property
    def key(self) -> dict[str, str]:
        """Identifier of the image in ECR's API."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag}


def parse_image_uri(uri: str) -> EcrImage:
    """Return the parts of an image's URI; raises Failure when it is not in ECR."""
    matched = _URI.fullmatch(uri)
    if matched is None:
        raise Failure(f"image {uri}: is not in ECR, so it cannot be copied; register it from ECR")
    found = matched.groupdict(default="")
    return EcrImage(
        found["registry"], found["region"], found["repository"], found["tag"], found["digest"]
    )


def digest_of(connection: Connection, image: EcrImage) -> str:
    """Return the digest that an image has now; empty when it does not exist."""
    found = _get(connection, image)
    return str(found["imageId"]["imageDigest"]) if found else ""


def has_image(connection: Connection, repository: str, digest: str) -> bool:
    """Return whether a repository of the caller's own registry has an image with this digest."""
    response = connection.client("ecr").batch_get_image(
        repositoryName=repository, imageIds=[{"imageDigest": digest}]
    )
    return bool(response["images"])


def copy_image(source: Connection, image: EcrImage, target: Connection, repository: str) -> None:
    """Copy `image` into `repository` of the target, with the layers that are missing there.

    After an interruption it can be called again.
    """
    found = _get(source, image)
    if not found:
        raise Failure(f"image {image.repository}: {image.key} is gone; train the model again")
    manifest = json.loads(found["imageManifest"])
    ecr = target.client("ecr")
    digests = [one["digest"] for one in [manifest["config"], *manifest["layers"]]]
    for digest in _missing(ecr, repository, digests):
        _copy_layer(source, image, digest, ecr, repository)
    digest = found["imageId"]["imageDigest"]
    try:
        ecr.put_image(
            repositoryName=repository,
            imageManifest=found["imageManifest"],
            imageManifestMediaType=found.get("imageManifestMediaType") or _MANIFEST,
            # Without a tag the repository would let it expire.
            imageTag=f"promoted-{digest[7:23]}",
        )
    except ecr.exceptions.ImageAlreadyExistsException:
        return


def _get(connection: Connection, image: EcrImage) -> dict[str, Any] | None:
    response = connection.client("ecr").batch_get_image(
        registryId=image.registry,
        repositoryName=image.repository,
        imageIds=[image.key],
        acceptedMediaTypes=[_MANIFEST],
    )
    return response["images"][0] if response["images"] else None


def _missing(ecr: Any, repository: str, digests: list[str]) -> list[str]:
    response = ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=digests)
    available = {
        one["layerDigest"] for one in response["layers"] if one["layerAvailability"] == "AVAILABLE"
    }
    return [digest for digest in digests if digest not in available]


def _copy_layer(
    source: Connection, image: EcrImage, digest: str, ecr: Any, repository: str
) -> None:
    url = source.client("ecr").get_download_url_for_layer(
        registryId=image.registry, repositoryName=image.repository, layerDigest=digest
    )["downloadUrl"]
    upload = ecr.initiate_layer_upload(repositoryName=repository)
    first = 0
    for part in _parts(source, url, int(upload["partSize"])):
        ecr.upload_layer_part(
            repositoryName=repository,
            uploadId=upload["uploadId"],
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
        first += len(part)
    try:
        ecr.complete_layer_upload(
            repositoryName=repository, uploadId=upload["uploadId"], layerDigests=[digest]
        )
    except ecr.exceptions.LayerAlreadyExistsException:
        return


def _parts(source: Connection, url: str, size: int) -> Iterator[bytes]:
    proxies = urllib.request.ProxyHandler({} if source.is_sandbox else None)
    address = require_loopback(url) if source.is_sandbox else url
    with urllib.request.build_opener(proxies).open(address, timeout=60) as layer:
        while part := layer.read(size):
            yield part
