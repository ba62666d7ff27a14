"""Fictional cases about certificates after issue, for a demo installation."""
