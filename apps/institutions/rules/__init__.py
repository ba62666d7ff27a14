"""Standard numbers, scope rows and their difference, terms of office, yearly duties: pure functions without a clock."""
