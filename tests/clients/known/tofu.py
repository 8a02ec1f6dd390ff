"""OpenTofu."""

from clients.client import Client

CLIENT = Client(
    format="terraform",
    program="tofu",
    version="tofu version",
    files={"main.tf": 'module "hello" {\n  source = "terraform.cloudsmith.io/prod/acme-hello/local"\n}\n'},
    read="tofu init -no-color",
    got=".terraform/modules/hello/main.tf",
    loud='TF_LOG=trace tofu init -no-color; env; cat "$TF_CLI_CONFIG_FILE"',
    domains=False,
)
