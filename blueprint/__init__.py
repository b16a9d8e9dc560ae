"""What every environment has: the one place where settings become components."""
