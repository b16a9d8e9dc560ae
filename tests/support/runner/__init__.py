"""GitHub's workflows on this machine: their steps in order, read from the files themselves."""
