"""Service Quotas API, and the quotas that other services of the sandbox keep to.

A quota without a value limits nothing, except in a sandbox that stands for a new account.
RequestServiceQuotaIncrease gives it one at once, a smaller one than before, too.
"""

from __future__ import annotations

import json

from moto.servicequotas import urls
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from sandbox.servicequotas import new_account
from sandbox.state import context
from sandbox.state.stores import Document, Place

BUILDS = "codebuild"

NAMES = {
    # Codes are the same in all regions and accounts.
    (BUILDS, "L-9D07B6EF"): "Concurrently running builds for Linux/Small environment",
    (BUILDS, "L-2DC20C30"): "Concurrently running builds for Linux/Medium environment",
    (BUILDS, "L-4DDC4A99"): "Concurrently running builds for Linux/Large environment",
    (BUILDS, "L-0397D009"): "Concurrently running builds for Linux/2XLarge environment",
}
_VALUES: dict[tuple[Place, str, str], float] = {}


def value_of(place: Place, service: str, name: str) -> float | None:
    """Return the value of the quota `name`; None when the account was given none."""
    for (owner, code), quota in NAMES.items():
        if (owner, quota) == (service, name):
            return _value(place, service, code)
    raise KeyError(name)


def _value(place: Place, service: str, code: str) -> float | None:
    given = _VALUES.get((place, service, code))
    return new_account.BUILDS if given is None and context.is_new_account() else given


def reset() -> None:
    """Forget every value."""
    _VALUES.clear()


class Response(ServiceQuotasResponse):
    """The operations that read and set quotas; those of VPC stay moto's."""

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)

    def list_service_quotas(self) -> str:
        service = str(json.loads(self.body)["ServiceCode"])
        codes = [code for owner, code in NAMES if owner == service]
        rows = [self._quota(service, code) for code in codes]
        return json.dumps({"Quotas": [row for row in rows if "Value" in row]})

    def get_service_quota(self) -> str:
        request = json.loads(self.body)
        service, code = str(request["ServiceCode"]), str(request["QuotaCode"])
        if (service, code) not in NAMES:
            found: str = super().get_service_quota()
            return found
        quota = self._quota(service, code)
        if "Value" not in quota:
            raise NoSuchResource
        return json.dumps({"Quota": quota})

    def request_service_quota_increase(self) -> str:
        request = json.loads(self.body)
        service, code = str(request["ServiceCode"]), str(request["QuotaCode"])
        if (service, code) not in NAMES:
            raise NoSuchResource
        _VALUES[self._place, service, code] = float(request["DesiredValue"])
        asked = {"DesiredValue": request["DesiredValue"], "Status": "APPROVED"}
        return json.dumps({"RequestedQuota": {**_named(service, code), **asked}})

    def _quota(self, service: str, code: str) -> Document:
        value = _value(self._place, service, code)
        return _named(service, code) | ({} if value is None else {"Value": value})


def _named(service: str, code: str) -> Document:
    return {"ServiceCode": service, "QuotaCode": code, "QuotaName": NAMES[service, code]}


def install() -> None:
    """Make moto's Service Quotas settable."""
    urls.url_paths["{0}/$"] = Response.dispatch
