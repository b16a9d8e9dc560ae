"""What is seen of an environment: gathered here, judged in ``operations.environment.checks``."""
