"""The sheets of one environment, one file for each question a reviewer asks."""
