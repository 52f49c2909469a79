"""Transform jobs: start the model's container, send it every input object, keep its responses."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sandbox.ecr.process_environment import child_environment
from sandbox.iam.callers import Caller, NotAllowed
from sandbox.programs.processes import Program
from sandbox.s3 import transfers
from sandbox.sagemaker import capacity
from sandbox.sagemaker.input_config import free_port
from sandbox.sagemaker.jobs import Job, JobError
from sandbox.sagemaker.transform import data_processing, inputs, parameters
from sandbox.sagemaker.transform.data_log import ObjectFailed
from sandbox.sagemaker.transform.instance import Instance, Work
from sandbox.state.stores import now

if TYPE_CHECKING:
    from sandbox.ecr import images
    from sandbox.sagemaker.hosting import Container
    from sandbox.sagemaker.transform.inputs import InputObject
    from sandbox.state.stores import Document, Place

# aws/amazon-sagemaker-examples#852
_NO_PING = (
    "AlgorithmError: Model container failed to respond to ping. Please ensure /ping endpoint is "
    "implemented and responds with an HTTP 200 status code"
)
# Described where a request has none; botocore's models of TransformInput and DataProcessing.
_INPUT = {"CompressionType": "None", "SplitType": "None"}
_OUTPUT = {"AssembleWith": "None", "KmsKeyId": ""}
_PROCESSING = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}


class TransformJob(Job):
    """One transform job; it reads and writes with the role of its model."""

    kind = "Transform"

    def __init__(self, place: Place, request: Document, container: Container) -> None:
        self._container = container
        super().__init__(place, request)
        self.caller = Caller(place.region, container.role_arn)
        self.document |= {
            "TransformInput": {**_INPUT, **request["TransformInput"]},
            "TransformOutput": {**_OUTPUT, **request["TransformOutput"]},
            "DataProcessing": {**_PROCESSING, **(request.get("DataProcessing") or {})},
        }
        self._instances: list[Instance] = []
        self._outputs: dict[InputObject, Path] = {}

    @property
    def _output_folder(self) -> Path:
        return self.folder.with_name(f"{self.name}.outputs")

    @property
    def _busy_hosts(self) -> list[str]:
        """The hosts that have an object: none is divided, so the others would only wait."""
        return self.hosts[: max(1, len(self._outputs))]

    def network_isolation(self) -> bool:
        return self._container.isolated

    def instance_count(self) -> int:
        return int(self.request["TransformResources"]["InstanceCount"])

    def image_uri(self) -> str:
        return self._container.image

    def command(self, image: images.Image) -> list[str]:
        return [image.program("serve")]

    def environment(self) -> dict[str, str]:
        given = {**self._container.environment, **(self.request.get("Environment") or {})}
        return {**given, **parameters.environment(self.request)}

    def add_secondary_status(self, secondary: str, message: str) -> None:
        if secondary == "Stopping":
            self.emit()

    def prepare_folders(self) -> None:
        instance_type = self.request["TransformResources"]["InstanceType"]
        if refusal := capacity.current().job_refusal(instance_type):
            raise JobError(refusal)
        source = self.request["TransformInput"]["DataSource"]["S3DataSource"]
        try:
            entries = dict.fromkeys(inputs.find_objects(source, self.caller))
        except inputs.InputError as error:
            raise JobError(f"ClientError: {error}") from None
        shutil.rmtree(self._output_folder, ignore_errors=True)
        self._output_folder.mkdir(parents=True)
        for number, entry in enumerate(entries):
            self._outputs[entry] = self._output_folder / str(number)
        for host in self._busy_hosts:
            folder = self.folder_of(host) / "model"
            folder.mkdir(parents=True)
            if self._container.model_data:
                transfers.download_archive(self._container.model_data, folder, self.caller)

    def _execute(self, image: images.Image, command: list[str]) -> int:
        self.document["TransformStartTime"] = now()
        try:
            with self._lock:
                if self._stop_asked:
                    return 0
                for host in self._busy_hosts:
                    self._start(image, command, host)
            if all(instance.await_ping() for instance in self._instances):
                self._transform()
            elif not self._stop_asked:
                raise JobError(_NO_PING)
        finally:
            for instance in self._instances:
                instance.close()
        return 0

    def _start(self, image: images.Image, command: list[str], host: str) -> None:
        folder, port = self.folder_of(host), free_port()
        environment = child_environment(
            image, folder, self.place, self.caller.role_arn, self.isolated
        )
        environment |= self.environment()
        environment |= {
            "SAGEMAKER_BIND_TO_PORT": str(port),
            "SAGEMAKER_BIND_ADDRESS": "127.0.0.1",  # ours: closed to the network
        }
        instance = Instance(self.place, self.name, lambda: self._stop_asked)
        program = Program(command, environment, folder, is_opt_ml=True)
        config = parameters.client_config(self.request)
        self._children.append(instance.start(program, port, config))
        self._instances.append(instance)

    def _transform(self) -> None:
        """Deal the objects out by key, and wait until each instance is done with its own."""
        chosen = parameters.choose(self.request, self._instances[0].execution_parameters())
        processing = data_processing.read_settings(self.request, single=chosen.single)
        work = Work(self.request, chosen, processing, self._read, self._outputs)
        entries, count = [*self._outputs], len(self._instances)
        with ThreadPoolExecutor(count) as pool:
            shares = [entries[number::count] for number in range(count)]
            list(pool.map(Instance.transform, self._instances, shares, [work] * count))

    def _read(self, entry: InputObject) -> bytes:
        compression = self.request["TransformInput"].get("CompressionType", "None")
        try:
            return inputs.read_content(entry, compression, self.caller)
        except (inputs.InputError, NotAllowed) as error:
            raise ObjectFailed("ClientError", str(error)) from None

    def upload_outputs(self, succeeded: bool) -> None:
        # botocore's model of StopTransformJob: then SageMaker does not store the job's output.
        if not self._stop_asked:
            try:
                self._upload()
            except (OSError, ClientError, transfers.TransferError) as error:
                raise JobError(f"ClientError: Output upload failed: {error}") from None
        shutil.rmtree(self._output_folder, ignore_errors=True)
        sides = [side for instance in self._instances for side in instance.sides]
        if sides and not self._stop_asked:
            # aws/deep-learning-containers#586
            raise JobError(f"{sides[0]}: See job logs for more information")

    def _upload(self) -> None:
        output = self.request["TransformOutput"]
        bucket, prefix = transfers.split(output["S3OutputPath"])
        key_id = output.get("KmsKeyId")
        encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        storage = transfers.s3(self.place.region, bucket)
        for entry, file in self._outputs.items():
            if file.is_file():
                key = transfers.join(prefix, entry.output).lstrip("/")
                self.caller.need_object("s3:PutObject", bucket, key)
                storage.upload_file(str(file), bucket, key, ExtraArgs=encrypted)

    def final_fields(self, ended: datetime) -> Document:
        return {}
