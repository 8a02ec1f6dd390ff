"""Writes what is generated from the formats: `cd tests && ../.venv/bin/python -m formats`."""

from formats import golden, tables

golden.write()
tables.write()
