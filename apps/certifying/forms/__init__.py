"""Forms of certification activity."""
