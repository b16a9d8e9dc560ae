"""How well delivery and the environments do, in numbers with published formulas."""
