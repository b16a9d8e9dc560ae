"""Rules for buckets."""
