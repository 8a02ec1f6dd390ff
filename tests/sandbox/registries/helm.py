"""Helm's chart repository: an index, and the charts beside it (https://helm.sh/docs/topics/chart_repository/)."""

import json
from collections.abc import Sequence

from sandbox import samples
from sandbox.registries.base import Place, StaticRegistry


class HelmRegistry(StaticRegistry):
    """Nothing is published here: at Cloudsmith, charts come by its own command line or as images."""

    places = (Place("dl", "basic/{org}/{repo}/helm/charts"),)

    def files(self, packages: Sequence[str]) -> dict[str, bytes]:
        entries = {
            name: [{"apiVersion": "v2", "name": name, "version": self.version, "urls": [self._file(name)]}]
            for name in packages
        }
        charts = {f"/{self._file(name)}": samples.chart(name, self.version) for name in packages}
        # JSON is YAML.
        return {"/index.yaml": json.dumps({"apiVersion": "v1", "entries": entries}).encode(), **charts}

    def _file(self, name: str) -> str:
        return f"{name}-{self.version}.tgz"
