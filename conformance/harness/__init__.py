"""Starts what the checks look at: folders, trainings, servers, connections."""
