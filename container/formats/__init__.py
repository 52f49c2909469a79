"""Data formats, and the rows and schemas that they carry."""
