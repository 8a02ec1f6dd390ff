"""Maven 3.8, as Debian has it: it knows MAVEN_OPTS only."""

from clients.maven import client

CLIENT = client("acme-maven3", "/usr/bin/mvn")
