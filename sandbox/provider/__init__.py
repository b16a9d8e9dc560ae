"""Stand-in resource providers that speak the engine's own protocol."""
