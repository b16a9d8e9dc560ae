"""The ledger of releases: what became of each deployment, written once and kept."""
