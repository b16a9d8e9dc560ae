"""A second pair of eyes on a sanitised database: nothing here is shared with what masks it."""
