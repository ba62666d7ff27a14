"""Rows of certification activity: applications and what follows a certificate."""
