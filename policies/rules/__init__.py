"""Every rule, one file for each kind of thing."""
