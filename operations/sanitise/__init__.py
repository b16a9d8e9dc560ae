"""Production's data for staging, without any person in it."""
