"""Inspection and testing institutions: profile, people, sites, capability scope, and what they owe the public."""
