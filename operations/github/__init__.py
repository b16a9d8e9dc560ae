"""What the repository on GitHub is told: who may change it, who may deploy, what runs say."""
