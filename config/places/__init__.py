"""Regions of AWS and time zones of IANA, as lists that need no network and no library."""
