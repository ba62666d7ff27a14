"""Writes about people: sessions, accounts, roles, passwords, and what was refused to them."""
