"""Training jobs: input channels, checkpoints, model artifacts and metrics."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.programs import patterns
from sandbox.s3 import transfers
from sandbox.sagemaker import capacity, training_description, training_metrics
from sandbox.sagemaker.input_config import BASE, free_port, is_sharded, write_configuration
from sandbox.sagemaker.jobs import Job, JobError
from sandbox.state import context
from sandbox.state.stores import Document, Place, check_name, now

if TYPE_CHECKING:
    from sandbox.ecr import images


class TrainingJob(Job):
    """One training job."""

    kind = "Training"
    has_secondary_status = True

    def __init__(self, place: Place, request: Document) -> None:
        super().__init__(place, request)
        output = request["OutputDataConfig"]["S3OutputPath"]
        self._output = transfers.join(transfers.join(output, self.name), "output")
        kept = request.get("CheckpointConfig", {})
        self._checkpoints: str | None = kept.get("S3Uri")
        self._kept_in = (kept.get("LocalPath") or f"{BASE}checkpoints").removeprefix(BASE)
        self._saved: dict[Path, tuple[int, int]] = {}
        artifact = transfers.join(self._output, "model.tar.gz")
        self.document |= training_description.first(request, artifact)
        self._add_step("Starting", "Preparing the instances for training")

    def network_isolation(self) -> bool:
        return bool(self.request.get("EnableNetworkIsolation"))

    def instance_count(self) -> int:
        return int(self.request["ResourceConfig"].get("InstanceCount", 1))

    def image_uri(self) -> str:
        return str(self.request["AlgorithmSpecification"]["TrainingImage"])

    def command(self, image: images.Image) -> list[str]:
        specification = self.request["AlgorithmSpecification"]
        program, *rest = specification.get("ContainerEntrypoint") or ["train"]
        return [image.program(program), *rest, *specification.get("ContainerArguments", [])]

    def environment(self) -> dict[str, str]:
        names = {"TRAINING_JOB_NAME": self.name, "TRAINING_JOB_ARN": self.arn}
        return {**names, **self.request.get("Environment", {})}

    def add_secondary_status(self, secondary: str, message: str) -> None:
        self._add_step(secondary, message)
        self.emit()

    def _add_step(self, secondary: str, message: str) -> None:
        steps: list[Document] = self.document["SecondaryStatusTransitions"]
        moment = now()
        if steps:
            steps[-1]["EndTime"] = moment
        steps.append({"Status": secondary, "StartTime": moment, "StatusMessage": message})
        self.document |= {"SecondaryStatus": secondary, "LastModifiedTime": moment}

    def prepare_folders(self) -> None:
        instance_type = self.request["ResourceConfig"].get("InstanceType", "")
        if refusal := capacity.current().job_refusal(instance_type):
            raise JobError(refusal)
        self.add_secondary_status("Downloading", "Downloading input data")
        rendezvous_port = free_port()
        for host in self.hosts:
            folder = self.folder_of(host)
            for name in ("input/config", "input/data", "model", "output/data"):
                (folder / name).mkdir(parents=True)
            config = folder / "input" / "config"
            write_configuration(config, self.request, host, rendezvous_port, self._kept_in)
        for channel in self.request.get("InputDataConfig") or []:
            self._download(channel)
        if self._checkpoints:
            for host in self.hosts:
                folder = self.folder_of(host) / self._kept_in
                folder.mkdir(parents=True, exist_ok=True)
                transfers.download(self._checkpoints, folder, self.caller)
                self._saved |= _signatures(folder)

    def _download(self, channel: Document) -> None:
        """Copy a channel's objects to every host, or deal them out by key when asked to."""
        source = channel["DataSource"]["S3DataSource"]
        name = channel["ChannelName"]
        folders = [self.folder_of(host) / "input" / "data" / name for host in self.hosts]
        for folder in folders:
            folder.mkdir()
        transfers.require(source["S3Uri"], folders[0], self.caller)
        files = [path for path in sorted(folders[0].rglob("*")) if path.is_file()]
        for number, file in enumerate(files):
            for place, folder in enumerate(folders[1:], start=1):
                target = folder / file.relative_to(folders[0])
                if not is_sharded(source) or number % len(folders) == place:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
            if is_sharded(source) and number % len(folders) != 0:
                file.unlink()

    def run_periodically(self) -> None:
        self._save_checkpoints()

    def _save_checkpoints(self) -> None:
        """Upload what changed since the last look; a file that vanished stays in S3."""
        for host in self.hosts if self._checkpoints else []:
            self._save_checkpoints_of(self.folder_of(host) / self._kept_in)

    def _save_checkpoints_of(self, root: Path) -> None:
        assert self._checkpoints is not None, "callers look first"
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

    def upload_outputs(self, succeeded: bool) -> None:
        self._read_metrics()
        region = self.place.region
        try:
            self._save_checkpoints()
            data = transfers.join(self._output, "output.tar.gz")
            if succeeded:
                self.add_secondary_status("Uploading", "Uploading generated training model")
                artifact = self.document["ModelArtifacts"]["S3ModelArtifacts"]
                transfers.upload_archive(self._merge_hosts("model"), artifact, self.caller)
            transfers.upload_archive(self._merge_hosts("output/data"), data, self.caller)
        except (OSError, transfers.s3(region).exceptions.ClientError) as error:
            raise JobError(f"ClientError: Artifact upload failed: {error}") from None

    def _merge_hosts(self, name: str) -> Path:
        """Bring what all hosts left in one folder to the first, as SageMaker packs it."""
        for host in self.hosts[1:]:
            shutil.copytree(self.folder_of(host) / name, self.folder / name, dirs_exist_ok=True)
        return self.folder / name

    def _read_metrics(self) -> None:
        definitions = self.request["AlgorithmSpecification"].get("MetricDefinitions") or []
        try:
            values = training_metrics.read(definitions, self.lines)
        except patterns.PatternRefused as error:
            raise JobError(f"ClientError: MetricDefinitions: {error}") from None
        self.document["FinalMetricDataList"] = training_metrics.final(values)
        training_metrics.publish(self.place, self.name, values)

    def final_fields(self, ended: datetime) -> Document:
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
    if request["ResourceConfig"].get("InstanceGroups"):
        _refuse("ResourceConfig.InstanceGroups", "given", "give an InstanceCount")
    place = request.get("CheckpointConfig", {}).get("LocalPath") or f"{BASE}checkpoints"
    if not place.startswith(BASE):
        _refuse("CheckpointConfig.LocalPath", place, f"use a folder below {BASE}")
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
