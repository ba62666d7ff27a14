"""Process tables and guards of certification activity; pure."""
