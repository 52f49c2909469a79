"""Training jobs: channels in, `train`, checkpoints on the way, model and metrics out."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.sagemaker.exceptions import ValidationError

from sandbox import context, images, transfers
from sandbox.jobs import Job, JobError
from sandbox.stores import Document, Place, check_name, now

_BASE = "/opt/ml/"
_CHECKPOINTS = f"{_BASE}checkpoints"


class TrainingJob(Job):
    """One training job."""

    kind = "Training"
    shows_steps = True

    def __init__(self, place: Place, request: Document) -> None:
        super().__init__(place, request)
        output = request["OutputDataConfig"]["S3OutputPath"]
        self._output = transfers.join(transfers.join(output, self.name), "output")
        kept = request.get("CheckpointConfig", {})
        self._checkpoints: str | None = kept.get("S3Uri")
        self._kept_in = (kept.get("LocalPath") or _CHECKPOINTS).removeprefix(_BASE)
        self._saved: dict[Path, tuple[int, int]] = {}
        artifact = transfers.join(self._output, "model.tar.gz")
        self.document |= {
            "ModelArtifacts": {"S3ModelArtifacts": artifact},
            "SecondaryStatus": "Starting",
            "SecondaryStatusTransitions": [],
            "FinalMetricDataList": [],
        }
        self._add_step("Starting", "Preparing the instances for training")

    def network_isolation(self) -> bool:
        return bool(self.request.get("EnableNetworkIsolation"))

    def image_uri(self) -> str:
        return str(self.request["AlgorithmSpecification"]["TrainingImage"])

    def command(self, image: images.Image) -> list[str]:
        specification = self.request["AlgorithmSpecification"]
        program, *rest = specification.get("ContainerEntrypoint") or ["train"]
        return [image.program(program), *rest, *specification.get("ContainerArguments", [])]

    def environment(self) -> dict[str, str]:
        names = {"TRAINING_JOB_NAME": self.name, "TRAINING_JOB_ARN": self.arn}
        return {**names, **self.request.get("Environment", {})}

    def enter(self, secondary: str, message: str) -> None:
        self._add_step(secondary, message)
        self.emit()

    def _add_step(self, secondary: str, message: str) -> None:
        steps: list[Document] = self.document["SecondaryStatusTransitions"]
        moment = now()
        if steps:
            steps[-1]["EndTime"] = moment
        steps.append({"Status": secondary, "StartTime": moment, "StatusMessage": message})
        self.document |= {"SecondaryStatus": secondary, "LastModifiedTime": moment}

    def prepare(self) -> None:
        self.enter("Downloading", "Downloading input data")
        for name in ("input/config", "input/data", "model", "output/data"):
            (self.folder / name).mkdir(parents=True)
        self._write_configuration()
        for channel in self.request.get("InputDataConfig") or []:
            folder = self.folder / "input" / "data" / channel["ChannelName"]
            folder.mkdir()
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            transfers.require(uri, folder, self.caller)
        if self._checkpoints:
            folder = self.folder / self._kept_in
            folder.mkdir(parents=True, exist_ok=True)
            transfers.download(self._checkpoints, folder, self.caller)
            self._saved = _signatures(folder)

    def _write_configuration(self) -> None:
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": "File",
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": "None",
                **{k: channel[k] for k in ("ContentType",) if k in channel},
            }
            for channel in self.request.get("InputDataConfig") or []
        }
        instance = self.request["ResourceConfig"].get("InstanceType", "")
        group = {"instance_group_name": "homogeneousCluster", "instance_type": instance}
        resources = {
            "current_host": "algo-1",
            "current_instance_type": instance,
            "current_group_name": group["instance_group_name"],
            "hosts": ["algo-1"],
            "instance_groups": [{**group, "hosts": ["algo-1"]}],
            "network_interface_name": "lo",
        }
        files = {
            "hyperparameters": self.request.get("HyperParameters") or {},
            "inputdataconfig": channels,
            "resourceconfig": resources,
        }
        if self._checkpoints:
            place = {"LocalPath": _BASE + self._kept_in}
            files["checkpointconfig"] = {"S3Uri": self._checkpoints, **place}
        for name, content in files.items():
            (self.folder / "input" / "config" / f"{name}.json").write_text(json.dumps(content))

    def while_running(self) -> None:
        self._save_checkpoints()

    def _save_checkpoints(self) -> None:
        """Upload what changed since the last look; a file that vanished stays in S3."""
        if not self._checkpoints:
            return
        root = self.folder / self._kept_in
        bucket, _ = transfers.split(self._checkpoints)
        for path, signature in _signatures(root).items():
            if self._saved.get(path) == signature:
                continue
            name = path.relative_to(root).as_posix()
            _, key = transfers.split(transfers.join(self._checkpoints, name))
            try:
                transfers.upload_file(path, bucket, key, self.caller)
            except FileNotFoundError:  # replaced by the program while we looked
                continue
            self._saved[path] = signature

    def collect(self, succeeded: bool) -> None:
        self._read_metrics()
        region = self.place.region
        try:
            self._save_checkpoints()
            data = transfers.join(self._output, "output.tar.gz")
            if succeeded:
                self.enter("Uploading", "Uploading generated training model")
                artifact = self.document["ModelArtifacts"]["S3ModelArtifacts"]
                transfers.upload_archive(self.folder / "model", artifact, self.caller)
            transfers.upload_archive(self.folder / "output" / "data", data, self.caller)
        except (OSError, transfers.s3(region).exceptions.ClientError) as error:
            raise JobError(f"ClientError: Artifact upload failed: {error}") from None

    def _read_metrics(self) -> None:
        found = []
        for definition in self.request["AlgorithmSpecification"].get("MetricDefinitions") or []:
            pattern = re.compile(definition["Regex"])
            for line in reversed(self.lines):
                matched = pattern.search(line)
                if matched:
                    value = float(matched.group(1))
                    metric = {"MetricName": definition["Name"], "Value": value, "Timestamp": now()}
                    found.append(metric)
                    break
        self.document["FinalMetricDataList"] = found

    def ending(self, ended: datetime) -> Document:
        began = self.document.get("TrainingStartTime", ended)
        seconds = max(1, round((ended - began).total_seconds()))
        return {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}


def _signatures(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {}
    for path in folder.rglob("*"):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def check(request: Document) -> None:
    """Refuse what AWS refuses and what is not emulated; raises ValidationException."""
    context.current()
    check_name("trainingJobName", request["TrainingJobName"])
    if "TrainingImage" not in request["AlgorithmSpecification"]:
        _refuse("AlgorithmSpecification.AlgorithmName", "given", "give a TrainingImage")
    count = request["ResourceConfig"].get("InstanceCount", 1)
    if count != 1:
        _refuse("ResourceConfig.InstanceCount", count, "set it to 1")
    place = request.get("CheckpointConfig", {}).get("LocalPath") or _CHECKPOINTS
    if not place.startswith(_BASE):
        _refuse("CheckpointConfig.LocalPath", place, f"use a folder below {_BASE}")
    for channel in request.get("InputDataConfig") or []:
        _check_channel(channel, request)
    for definition in request["AlgorithmSpecification"].get("MetricDefinitions") or []:
        _check_metric(definition)


def _check_channel(channel: Document, request: Document) -> None:
    where = f"InputDataConfig.{channel['ChannelName']}"
    mode = channel.get("InputMode", request["AlgorithmSpecification"].get("TrainingInputMode"))
    if mode == "Pipe":
        _refuse(f"{where}.InputMode", mode, "use File or FastFile")
    if channel.get("CompressionType", "None") != "None":
        _refuse(f"{where}.CompressionType", channel["CompressionType"], "use None")
    source = channel.get("DataSource", {}).get("S3DataSource")
    if source is None:
        _refuse(f"{where}.DataSource", "no S3DataSource", "use S3")
    elif source.get("S3DataType", "S3Prefix") != "S3Prefix":
        _refuse(f"{where}.S3DataType", source["S3DataType"], "use S3Prefix")


def _check_metric(definition: Document) -> None:
    where = f"AlgorithmSpecification.MetricDefinitions.{definition['Name']}.Regex"
    try:
        groups = re.compile(definition["Regex"]).groups
    except re.error as error:
        groups = -1
        problem = str(error)
    else:
        problem = f"{groups} groups"
    if groups < 1:
        raise ValidationError(
            message=f"{where} is {definition['Regex']!r}: {problem}; use one group"
        )


def _refuse(where: str, given: Any, advice: str) -> None:
    raise ValidationError(message=f"sandbox: {where} is {given!r}, which is not emulated; {advice}")
