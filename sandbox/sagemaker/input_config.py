"""Files below /opt/ml/input/config for each host of a training job."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state.stores import Document

BASE = "/opt/ml/"
_GROUP = "homogeneousCluster"


def write_configuration(
    folder: Path, request: Document, host: str, rendezvous_port: int, kept_in: str
) -> None:
    """Write the files of one host, whose checkpoints lie in the folder `kept_in` below BASE.

    No network knows the hosts by their names here: `host_addresses`, which is not SageMaker's,
    says where the first one listens.
    """
    config = request["ResourceConfig"]
    hosts = [f"algo-{number + 1}" for number in range(config.get("InstanceCount", 1))]
    instance = config.get("InstanceType", "")
    group = {"instance_group_name": _GROUP, "instance_type": instance, "hosts": hosts}
    files = {
        "hyperparameters": request.get("HyperParameters") or {},
        "inputdataconfig": _channels(request),
        "resourceconfig": {
            "current_host": host,
            "current_instance_type": instance,
            "current_group_name": _GROUP,
            "hosts": hosts,
            "instance_groups": [group],
            "network_interface_name": "lo",
            "host_addresses": dict.fromkeys(hosts, f"127.0.0.1:{rendezvous_port}"),
        },
    }
    if "CheckpointConfig" in request:
        files["checkpointconfig"] = {**request["CheckpointConfig"], "LocalPath": BASE + kept_in}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


def is_sharded(source: Document) -> bool:
    """Tell whether each host gets other objects of this source."""
    return source.get("S3DataDistributionType") == "ShardedByS3Key"


def free_port() -> int:
    """Return a free TCP port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _channels(request: Document) -> Document:
    usual = request["AlgorithmSpecification"].get("TrainingInputMode", "File")
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode", usual),
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in request.get("InputDataConfig") or []
    }
