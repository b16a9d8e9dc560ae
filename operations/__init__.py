"""What people and CI run around the program."""
