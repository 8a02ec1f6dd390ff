"""Maven 4."""

from clients.maven import client

CLIENT = client("acme-maven4", "mvn4")
