"""What the environments consist of, in the units that AWS bills; money only by a price book."""
