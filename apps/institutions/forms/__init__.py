"""Forms of the institution pages."""
