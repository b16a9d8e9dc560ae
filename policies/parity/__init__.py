"""How alike two environments are, property by property, and which differences are declared."""
