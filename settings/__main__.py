"""Entry point of ``python -m settings``."""

import atexit
import gc
import sys

# A short life; before the import, of which looking for garbage takes a tenth. As it ends Python
# would look once more.
gc.disable()
atexit.register(gc.freeze)

from settings.command import main  # noqa: E402

sys.exit(main())
