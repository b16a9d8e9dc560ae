"""Move an existing pair of environments over: what is there, what fits, and what import keeps."""
