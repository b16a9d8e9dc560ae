"""What is held against an environment: pure functions over facts, one noun a file."""
