"""Rules for dns."""
