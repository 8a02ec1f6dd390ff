"""Bundler."""

from clients.client import Client

INSTALL = "BUNDLE_PATH=vendor bundle install"
SOURCE = 'source "https://dl.cloudsmith.io/basic/acme/{}/ruby/"\n'

CLIENT = Client(
    format="bundler",
    program="bundle",
    version="bundle --version",
    files={
        "Gemfile": SOURCE.format("prod") + 'gem "acme-hello"\n',
        "several.rb": SOURCE.format("prod") + SOURCE.format("dev").strip() + ' do\n  gem "acme-tools"\nend\n',
        "second.rb": SOURCE.format("prod") + 'source "https://public.example.com/ruby/"\ngem "acme-hello"\n',
    },
    read=INSTALL,
    got="vendor/ruby/*/gems/acme-hello-1.0.0/hello.rb",
    loud=f'DEBUG=1 DEBUG_RESOLVER=1 {INSTALL} --verbose; bundle config; bundle env; cat "$BUNDLE_USER_CONFIG"',
    several=f"BUNDLE_GEMFILE=several.rb {INSTALL}",
    second_index=f"BUNDLE_GEMFILE=second.rb {INSTALL}",
    taken="ls vendor/ruby/*/gems",
    takes="9.9.0",
    domains=False,
)
