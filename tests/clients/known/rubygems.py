"""RubyGems."""

from clients.client import Client

INSTALL = "gem install --install-dir . --no-document"

CLIENT = Client(
    format="rubygems",
    program="gem",
    version="gem --version",
    files={
        "new.gemspec": "Gem::Specification.new do |s|\n"
        "  s.name, s.version, s.summary, s.authors = 'acme-new', '1.0.0', 'new', ['Acme']\nend\n"
    },
    read=f"{INSTALL} acme-hello",
    got="gems/acme-hello-1.0.0/hello.rb",
    publish="gem build new.gemspec; gem push acme-new-1.0.0.gem",
    published="https://dl.cloudsmith.io/basic/acme/prod/ruby/gems/acme-new-1.0.0.gem",
    loud=f'{INSTALL} -VV --backtrace --debug acme-hello; gem env; gem sources; cat "${{GEMRC#*:}}"',
    several=f"{INSTALL} acme-tools",
    second_index=f"{INSTALL} --source https://public.example.com/ruby/ acme-hello",
    taken="ls gems",
)
