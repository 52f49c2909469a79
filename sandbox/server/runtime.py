"""Installs, resets and stops every part of the sandbox that runs: jobs, endpoints, schedules."""

from __future__ import annotations

import shutil

from sandbox.ecr import builds, codebuild, layers
from sandbox.eventbridge import alarms, events, schedules
from sandbox.iam import role_check
from sandbox.programs import processes
from sandbox.s3 import object_events
from sandbox.sagemaker import api, capture, endpoints, invocations, model_packages, traffic
from sandbox.sagemaker.tuning import operations as tuning
from sandbox.servicequotas import quotas
from sandbox.state import context
from sandbox.stepfunctions import steps

_PARTS = (events, object_events, alarms, steps, codebuild, layers, quotas, api, invocations)


class _State:
    installed = False


def install() -> None:
    """Put what runs into moto, once, and start the clocks; the context must be set by then."""
    if not _State.installed:
        for part in _PARTS:
            part.install()
        _State.installed = True
    traffic.start()
    schedules.start()


def reset() -> None:
    """End every process and forget every job, build and endpoint; moto's own state stays."""
    for endpoint in endpoints.ENDPOINTS.all():
        endpoint.abandon()
    tuning.abandon_all()
    processes.end_all()
    api.reset()
    model_packages.reset()
    builds.reset()
    quotas.reset()
    traffic.forget()
    capture.forget()
    events.DELIVERIES.clear()
    role_check.DENIED.clear()


def stop() -> None:
    """Reset, stop the clocks and remove the folders of jobs and endpoints."""
    traffic.stop()
    schedules.stop()
    reset()
    for name in ("training-jobs", "processing-jobs", "endpoints", "images"):
        shutil.rmtree(context.current().folder / name, ignore_errors=True)
