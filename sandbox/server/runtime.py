"""Installs, resets and stops every part of the sandbox that runs: jobs, endpoints, schedules."""

from __future__ import annotations

import shutil

from sandbox.applicationautoscaling import api as scaling
from sandbox.applicationautoscaling import decisions, scheduled_actions, targets
from sandbox.cloudcontrol import api as cloudcontrol
from sandbox.cloudwatch import alarms, evaluation, history, metrics, state_changes
from sandbox.cloudwatch import api as cloudwatch
from sandbox.ecr import builds, codebuild, layers
from sandbox.eventbridge import events, scheduled_rules, schedules
from sandbox.iam import role_check
from sandbox.programs import processes, usage
from sandbox.s3 import object_events
from sandbox.sagemaker import (
    api,
    capture,
    endpoints,
    instance_metrics,
    invocations,
    model_packages,
    traffic,
)
from sandbox.sagemaker.deployments import baking
from sandbox.sagemaker.tuning import operations as tuning
from sandbox.servicequotas import quotas
from sandbox.state import clock, context
from sandbox.stepfunctions import steps

_PARTS = (
    *(events, object_events, steps, codebuild, layers, quotas, api, invocations),
    *(cloudwatch, alarms, state_changes, scaling, decisions),
)


class _State:
    installed = False


def install() -> None:
    """Put what runs into moto, once, and start the clock; the context must be set by then."""
    if not _State.installed:
        for part in _PARTS:
            part.install()
        targets.use(endpoints.ENDPOINTS.find)
        state_changes.LISTENERS[:] = evaluation.follow, baking.hear
        _State.installed = True
    traffic.start()
    clock.start()
    clock.every(60, schedules.tick)
    clock.every(60, scheduled_rules.tick)
    clock.every(60, instance_metrics.tick)
    clock.every(10, instance_metrics.tick_finely, evaluation.has_fine_alarms)
    clock.every(10, evaluation.tick_finely, evaluation.has_fine_alarms)
    # After what it looks at, and before what it asks for.
    clock.every(60, evaluation.tick)
    clock.every(10, baking.tick, baking.is_waited_for)
    clock.every(60, scheduled_actions.tick)
    clock.every(60, decisions.tick)
    clock.every(10, decisions.tick, evaluation.has_fine_alarms)


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
    metrics.forget()
    history.forget()
    scaling.forget()
    decisions.forget()
    usage.forget()
    capture.forget()
    cloudcontrol.forget()
    events.DELIVERIES.clear()
    scheduled_rules.forget()
    role_check.DENIED.clear()


def stop() -> None:
    """Reset, stop the clock and remove the folders of jobs and endpoints."""
    traffic.stop()
    clock.stop()
    reset()
    for name in ("training-jobs", "processing-jobs", "transform-jobs", "endpoints", "images"):
        shutil.rmtree(context.current().folder / name, ignore_errors=True)
