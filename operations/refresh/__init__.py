"""The data refresh: what its tasks run on AWS, and the commands of those who run it."""
