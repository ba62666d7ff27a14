"""The database backend: Django's for PostgreSQL, with a health check that costs no round trip."""
