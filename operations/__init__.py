"""What people and pipelines run around the program."""
