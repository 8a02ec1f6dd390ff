"""Helm's chart repositories."""

from clients.client import Client

CLIENT = Client(
    format="helm",
    program="helm",
    version="helm version --template '{{.Version}}'",
    read="helm repo update; helm pull acme-prod/acme-hello",
    got="acme-hello-1.0.0.tgz",
    loud="helm repo update --debug; helm pull --debug acme-prod/acme-hello; helm repo list -o yaml; helm env; "
    'cat "$HELM_REPOSITORY_CONFIG"',
    several="helm repo update; helm pull acme-dev/acme-tools",
    second_index="helm repo add public https://public.example.com/helm/; helm repo update; "
    "helm pull acme-prod/acme-hello",
    taken="ls *.tgz",
    takes="acme-hello-1.0.0.tgz",
)
