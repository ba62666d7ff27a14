"""Writes of matters: one function for each intention, by subject. Import the module that speaks of yours."""
