"""Reusable parts of an AWS environment; none of them knows which environment it serves."""
