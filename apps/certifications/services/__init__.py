"""Writes of the registry: one function for each intention, by subject. Import the module that speaks of yours."""
