"""Each environment as one picture, drawn from its graph."""
