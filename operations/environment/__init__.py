"""A deployed environment, tested from outside and by what AWS shows of it."""
