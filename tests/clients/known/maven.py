"""Maven 3.9."""

from clients.maven import client

CLIENT = client("acme-maven", "mvn")
