"""Helm's charts in an OCI registry."""

from clients.client import Client

CLIENT = Client(
    format="docker",
    program="helm",
    version="helm version --template '{{.Version}}'",
    files={"chart/Chart.yaml": "apiVersion: v2\nname: acme-helm-oci\nversion: 1.0.0\n"},
    read="helm pull oci://helm.oci.cloudsmith.io/acme/prod/acme-hello --version 1.0.0",
    got="acme-hello-1.0.0.tgz",
    publish="helm package chart; helm push acme-helm-oci-1.0.0.tgz oci://helm.oci.cloudsmith.io/acme/prod",
    published="https://helm.oci.cloudsmith.io/v2/acme/prod/acme-helm-oci/tags/list",
    loud="helm pull --debug oci://helm.oci.cloudsmith.io/acme/prod/acme-hello --version 1.0.0; helm env; "
    'cat "$HELM_REGISTRY_CONFIG"',
    domains=False,
)
