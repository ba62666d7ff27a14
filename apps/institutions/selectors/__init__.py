"""Reads about institutions, their scope, and the standards that it cites."""
