"""Identifiers, masking, search fields, memberships and merging: pure functions without a database or a clock."""
