"""The commands that keep the repository on GitHub as the files say."""
