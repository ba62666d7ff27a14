"""Pages of institutions: their own, and those of staff."""
