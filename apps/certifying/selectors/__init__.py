"""Reads of certification activity."""
