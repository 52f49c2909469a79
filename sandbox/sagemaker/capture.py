"""Data capture: requests and responses in S3, as JSON Lines that Model Monitor reads."""

from __future__ import annotations

import base64
import contextlib
import json
import random
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.s3 import transfers
from sandbox.state.stores import Document, now


@dataclass(frozen=True)
class Exchange:
    """One request and its response, with what the caller said about them."""

    endpoint: str
    variant: str
    region: str
    request: tuple[str, bytes]
    response: tuple[str, bytes]
    inference_id: str | None = None
    custom_attributes: str | None = None


_WAITING: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
_LOCK = threading.Lock()


def keep(exchange: Exchange, configuration: Document) -> None:
    """Remember one exchange if the sampling says so; `flush` writes it."""
    if random.random() * 100 >= configuration["InitialSamplingPercentage"]:
        return
    modes = {option["CaptureMode"] for option in configuration["CaptureOptions"]}
    types = configuration.get("CaptureContentTypeHeader") or {}
    data: Document = {}
    if modes & {"Input", "InputAndOutput"}:
        data["endpointInput"] = _side("INPUT", exchange.request, types)
    if modes & {"Output", "InputAndOutput"}:
        data["endpointOutput"] = _side("OUTPUT", exchange.response, types)
    metadata = {"eventId": str(uuid.uuid4()), "inferenceTime": f"{now():%Y-%m-%dT%H:%M:%SZ}"}
    if exchange.inference_id:
        metadata["inferenceId"] = exchange.inference_id
    if exchange.custom_attributes:
        metadata["customAttributes"] = exchange.custom_attributes
    record = {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}
    place = (configuration["DestinationS3Uri"], exchange.endpoint, exchange.variant)
    with _LOCK:
        _WAITING[(*place, exchange.region)].append(json.dumps(record))


def _side(mode: str, content: tuple[str, bytes], types: Document) -> Document:
    kind, data = content
    plain = kind.partition(";")[0].strip()
    fields = {"CSV": "CsvContentTypes", "JSON": "JsonContentTypes"}
    listed = [name for name, field in fields.items() if plain in (types.get(field) or [])]
    encoding = listed[0] if listed else "BASE64"
    text = data.decode(errors="replace") if listed else base64.b64encode(data).decode()
    return {"observedContentType": kind, "mode": mode, "data": text, "encoding": encoding}


def flush() -> None:
    """Write what was kept, one file for each variant."""
    with _LOCK:
        waiting = dict(_WAITING)
        _WAITING.clear()
    for (uri, endpoint, variant, region), records in waiting.items():
        moment = now()
        file = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
        name = f"{endpoint}/{variant}/{moment:%Y/%m/%d/%H}/{file}"
        bucket, key = transfers.split(transfers.join(uri, name))
        body = ("\n".join(records) + "\n").encode()
        with contextlib.suppress(ClientError, BotoCoreError):  # a lost capture harms no caller
            transfers.s3(region, bucket).put_object(Bucket=bucket, Key=key, Body=body)


def forget() -> None:
    """Drop what was kept."""
    with _LOCK:
        _WAITING.clear()
