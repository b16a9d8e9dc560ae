"""The alert test: an alarm is rung, and AWS's own records say whether its receivers were told."""
