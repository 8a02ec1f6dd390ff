"""Poetry 1.8."""

from clients.known.poetry import poetry

CLIENT = poetry("poetry1")
