"""Distributed training: rendezvous of the hosts, exchange of values, failure detection."""
