"""Go."""

from clients.client import Client

MODULES = "GOFLAGS=-modcacherw GOMODCACHE=$PWD/modules GOTOOLCHAIN=local"
PUBLIC = 'GOPROXY="$GOPROXY,https://public.example.com/go/"'

CLIENT = Client(
    format="go",
    program="go",
    version="go version",
    files={"go.mod": "module example.com/app\n\ngo 1.20\n"},
    read=f"{MODULES} go get example.com/acme-hello",
    got="modules/example.com/acme-hello@v1.0.0/hello.go",
    loud=f'{MODULES} GODEBUG=http2debug=2 go get -x example.com/acme-hello; go env; cat "$CLOUDSMITH_GOAUTH"',
    several=f"{MODULES} go get example.com/acme-tools",
    second_index=f"{PUBLIC} {MODULES} go get example.com/acme-hello",
    taken="cat go.mod",
    takes="v1.0.0",
    asks_public=False,
    settings=lambda _: {"CLOUDSMITH_FORMAT_OPTIONS": "go.private=example.com"},
)
