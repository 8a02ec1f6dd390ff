"""Exchange a Jenkins ID token for a Cloudsmith token and configure package clients with it."""

__version__ = "0.1.0"
