"""AWS Regions with SageMaker, by partition: what botocore knows, which a test compares."""

import difflib
import json
from functools import cache
from pathlib import Path


@cache
def partitions() -> dict[str, list[str]]:
    """Return the Regions of each partition, as in `aws-cn`."""
    found: dict[str, list[str]] = json.loads(
        Path(__file__).with_name("regions.json").read_text(encoding="utf-8")
    )
    return found


def partition_of(region: str) -> str:
    """Return the partition of a known Region, which every ARN in it begins with."""
    return next(name for name, regions in partitions().items() if region in regions)


def check_region(region: str) -> str:
    """Return `region`, or raise ValueError naming the nearest Region that has SageMaker."""
    known = [name for regions in partitions().values() for name in regions]
    if region in known:
        return region
    wanted = region.strip().lower()
    # Letters in another order are the likeliest slip, and difflib counts two for it.
    near = [name for name in known if sorted(name) == sorted(wanted)]
    near = near or difflib.get_close_matches(wanted, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "write one as in ap-northeast-1"
    raise ValueError(f"AWS has no such region with SageMaker; {hint}")
