"""Writes of certification activity."""
