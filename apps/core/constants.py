"""Figures of the plumbing."""

DRAFT_DAYS = 30  # after the last change
DRAFT_BYTES = 400_000  # of JSON; the longest field of ours takes 100,000 characters
DRAFTS_EACH = 50  # of one person acting for one organisation
