"""Entry point of ``python -m settings``."""

import sys

from settings.command import main

sys.exit(main())
