import sys

from cloudsmith_oidc.cli import main

sys.exit(main())
