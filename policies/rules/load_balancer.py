"""Rules for load_balancer."""
