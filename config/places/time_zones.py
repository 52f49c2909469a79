"""Time zones by their names in IANA's database, which EventBridge Scheduler takes.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones. The list is
that of 2025b, since a machine may have none of its own. EST, MST and HST are left out: they know
no daylight saving time, and whether AWS takes them is not documented.
"""

import difflib
import re
from functools import cache
from pathlib import Path

_ABBREVIATIONS = {
    abbreviation: zone
    for zone, abbreviations in {
        "America/Anchorage": "AKST AKDT",
        "America/Chicago": "CST CDT CT",
        "America/Denver": "MST MDT MT",
        "America/Los_Angeles": "PST PDT PT",
        "America/New_York": "EST EDT ET",
        "America/Sao_Paulo": "BRT",
        "Asia/Bangkok": "ICT",
        "Asia/Hong_Kong": "HKT",
        "Asia/Jakarta": "WIB",
        "Asia/Kolkata": "IST",
        "Asia/Seoul": "KST",
        "Asia/Singapore": "SGT",
        "Asia/Tokyo": "JST",
        "Australia/Sydney": "AEST AEDT",
        "Europe/Athens": "EEST",
        "Europe/Berlin": "CEST MEZ MESZ",
        "Europe/London": "BST",
        "Pacific/Auckland": "NZST NZDT",
        "Pacific/Honolulu": "HST",
    }.items()
    for abbreviation in abbreviations.split()
}


@cache
def time_zones() -> frozenset[str]:
    """Return every name of a time zone."""
    text = Path(__file__).with_name("time_zones.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def check_time_zone(name: str) -> str:
    """Return `name`, or raise ValueError naming the time zone that is probably meant."""
    if name in time_zones():
        return name
    near = _nearest(name)
    hint = f"did you mean {near}?" if near else "write one as in Asia/Tokyo"
    raise ValueError(f"timezone must be an IANA name; {hint}")


def _nearest(name: str) -> str | None:
    """Return the zone of an abbreviation, of a city, or of another spelling."""
    wanted = name.strip().replace(" ", "_").lower()
    if wanted.upper() in _ABBREVIATIONS:
        return _ABBREVIATIONS[wanted.upper()]
    if re.match(r"(utc|gmt|z)?[+-]?\d", wanted):
        return None
    zones = {zone.lower(): zone for zone in sorted(time_zones())}
    cities = {zone.rpartition("/")[2]: full for zone, full in zones.items() if "/" in full}
    for known in (zones, cities):
        if wanted in known:
            return known[wanted]
    for known in (zones, cities):
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75)
        if near:
            return known[near[0]]
    return None
