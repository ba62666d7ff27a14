"""Writes about institutions: one function per intention of a user."""
