"""Pages of enterprises, of certification bodies and of the bureau."""
