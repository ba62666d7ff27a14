"""Reads of files, of hands and of worklists."""
