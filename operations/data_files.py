"""What the files around a data refresh are called, unless an option says otherwise."""

RULES = "sanitise.yaml"
"""What becomes of each column."""
SCAN_SETTINGS = "scan.yaml"
"""Safe domains and allowed findings."""
