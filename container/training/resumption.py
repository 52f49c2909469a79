"""Resumption from a checkpoint: the first host reads it, and all hosts receive it."""

import base64
from dataclasses import dataclass
from typing import Any

from container.contract.log import log_event
from container.protocol import Hosts, Stopping
from container.training.checkpoints import Checkpoint, CheckpointFolder
from container.training.early_stopping import EarlyStopping


@dataclass(frozen=True)
class Resumption:
    """The newest checkpoint, and the best round's model where no later model contains it."""

    checkpoint: Checkpoint
    best: bytes = b""


def find_resumption(
    checkpoints: CheckpointFolder | None, rule: Stopping | None, hosts: Hosts
) -> Resumption | None:
    """Return the same on all hosts; None: begin anew."""
    found = _newest(checkpoints, rule) if checkpoints else None
    if len(hosts.names) == 1:
        return found
    shared = hosts.exchange(_to_json(found) if found and hosts.rank == 0 else None)[0]
    return _from_json(shared) if shared else None


def _newest(checkpoints: CheckpointFolder, rule: Stopping | None) -> Resumption | None:
    newest = checkpoints.newest()
    if newest is None or rule is None:
        return Resumption(newest) if newest else None
    if rule.cuttable:
        return Resumption(newest)
    stopping = EarlyStopping(rule)
    stopping.restore(newest.state)
    best = checkpoints.read(stopping.best_round)
    if best is None:
        log_event("checkpoints ignored", {"reason": "the best round's is not there"})
        return None
    return Resumption(newest, best.model)


def _to_json(found: Resumption) -> dict[str, Any]:
    checkpoint = found.checkpoint
    models = [base64.b64encode(each).decode() for each in (checkpoint.model, found.best)]
    return {"number": checkpoint.number, "state": dict(checkpoint.state), "models": models}


def _from_json(shared: dict[str, Any]) -> Resumption:
    newest, best = map(base64.b64decode, shared["models"])
    return Resumption(Checkpoint(shared["number"], newest, shared["state"]), best)
