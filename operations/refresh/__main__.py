"""``python -m operations.refresh prepare|sanitise|scan``: one task of the data refresh."""

import sys

from operations.refresh.task import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
