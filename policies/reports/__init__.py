"""What a check has found, in the forms in which people and machines read it."""
