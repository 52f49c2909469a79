"""The command line of Kiban: everything a person does to an environment, in one word each."""
