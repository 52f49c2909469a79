"""Containers of other algorithms: a template, and the packages of one."""
