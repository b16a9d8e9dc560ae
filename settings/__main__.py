"""Entry point of ``python -m settings``."""

import gc
import sys

# A short life; before the import, of which looking for garbage takes a tenth.
gc.disable()

from settings.command import main  # noqa: E402

sys.exit(main())
