"""An audit: the rules over what is deployed, and who can reach the account, with evidence."""
