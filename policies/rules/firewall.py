"""Rules for firewall."""
