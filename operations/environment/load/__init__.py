"""Load on a deployed environment, in proportion to its size, and what came of it."""
