"""huggingface_hub's command hf."""

from clients.client import Client

DOWNLOAD = "hf download acme/acme-hello --local-dir hello"
UPLOAD = "hf upload acme/acme-huggingface model"

CLIENT = Client(
    format="huggingface",
    program="hf",
    version="hf version",
    files={"model/config.json": "{}"},
    read=DOWNLOAD,
    got="hello/config.json",
    publish=UPLOAD,
    published="https://huggingface.cloudsmith.io/acme/prod/api/models/acme/acme-huggingface",
    loud=f"export HF_DEBUG=1 HF_HUB_VERBOSITY=debug; {DOWNLOAD}; {UPLOAD}; hf env; hf auth list; hf auth token; "
    'hf auth whoami; env; cat "$HF_TOKEN_PATH"',
    several="HF_ENDPOINT=https://huggingface.cloudsmith.io/acme/dev hf download acme/acme-tools",
)
