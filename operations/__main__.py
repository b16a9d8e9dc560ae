"""``python -m operations``."""

import sys

from operations.command import main

sys.exit(main())
