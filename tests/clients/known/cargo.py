"""Cargo."""

import os
from pathlib import Path

from clients.client import Client

MANIFEST = '[package]\nname = "{}"\nversion = "1.0.0"\nedition = "2021"\ndescription = "new"\nlicense = "MIT"\n'
NEEDS = '[dependencies]\n{} = {{ version = "*", registry = "{}" }}\n'

CLIENT = Client(
    format="cargo",
    program="cargo",
    version="cargo --version",
    files={
        "Cargo.toml": MANIFEST.format("acme-app") + NEEDS.format("acme-hello", "cloudsmith"),
        "src/lib.rs": "",
        "new/Cargo.toml": MANIFEST.format("acme-new"),
        "new/src/lib.rs": "",
        "several/Cargo.toml": MANIFEST.format("acme-app") + NEEDS.format("acme-tools", "dev"),
        "several/src/lib.rs": "",
        "several/.cargo/config.toml": '[registries.dev]\nindex = "sparse+https://cargo.cloudsmith.io/acme/dev/"\n'
        'credential-provider = "cloudsmith"\n',
    },
    read="cargo vendor",
    got="vendor/acme-hello/src/lib.rs",
    publish="cd new; cargo publish --registry cloudsmith",
    published="https://cargo.cloudsmith.io/acme/prod/ac/me/acme-new",
    loud='CARGO_LOG=trace CARGO_HTTP_DEBUG=true cargo -vv vendor; env; cat "$CLOUDSMITH_CARGO_LOGIN"',
    several="cd several; cargo vendor",
    second_index="CARGO_REGISTRIES_PUBLIC_INDEX=sparse+https://public.example.com/cargo/ cargo vendor",
    taken="cat vendor/acme-hello/Cargo.toml",
    asks_public=False,
    # Where rustup is, cargo is a link to it, and its toolchains are in the home of who installed it.
    environment=lambda sandbox, _: {
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
        "CARGO_HTTP_CAINFO": str(sandbox.ca_file),
    },
)
