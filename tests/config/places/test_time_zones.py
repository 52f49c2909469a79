"""Time zones of an environment file are names of IANA's database."""

import pytest
from dateutil.zoneinfo import get_zonefile_instance  # type: ignore[import-untyped]

from config.places.time_zones import _ABBREVIATIONS, check_time_zone, time_zones

# No zone of a place, a name of the database's unchecked part, and what has no daylight saving time.
NOT_OURS = {"Factory", "Asia/Hanoi", "EST", "MST", "HST"}


def test_the_list_has_every_zone_of_the_database_that_is_installed() -> None:
    installed = set(get_zonefile_instance().zones) - NOT_OURS

    assert installed - time_zones() == set()
    assert len(time_zones()) < len(installed) + 10, "zones that were added since"
    assert NOT_OURS & time_zones() == set()


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Argentina/Ushuaia", "Etc/GMT+9"])
def test_a_name_of_the_database_is_a_time_zone(name: str) -> None:
    assert check_time_zone(name) == name


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("JST", "Asia/Tokyo"),
        ("jst", "Asia/Tokyo"),
        ("EST", "America/New_York"),
        ("Tokyo", "Asia/Tokyo"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("Berlin", "Europe/Berlin"),
    ],
)
def test_another_spelling_is_refused_with_the_zone_that_is_meant(given: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"did you mean {near}\?$"):
        check_time_zone(given)


@pytest.mark.parametrize("given", ["", "UTC+9", "+09:00", "GMT-3", "my zone"])
def test_what_is_near_to_no_zone_is_told_how_to_write_one(given: str) -> None:
    with pytest.raises(ValueError, match=r"write one as in Asia/Tokyo$"):
        check_time_zone(given)


def test_every_abbreviation_stands_for_a_zone() -> None:
    assert set(_ABBREVIATIONS.values()) <= time_zones()
    assert set(_ABBREVIATIONS).isdisjoint(time_zones())
