"""Names of general purpose buckets in S3.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

import re

_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


def check_bucket_name(name: str) -> str:
    """Return `name`, or raise ValueError for one that no general purpose bucket can have."""
    if ".." in name or _ADDRESS.fullmatch(name):
        raise ValueError("no bucket's name has two periods in a row or is an IP address")
    if name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS):
        raise ValueError(
            "S3 keeps such names for access points and other kinds of buckets; name a general "
            "purpose bucket"
        )
    return name
