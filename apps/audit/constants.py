"""What in the trail is sensitive, and how much of it goes out at once."""

# Opening an entry of these kinds shows personal data (addresses, claims, identities), so the opening is recorded.
SENSITIVE = ("accounts.", "parties.claim.", "parties.member", "parties.invitation")
XLSX_ROWS = 100_000  # above this, a sheet is no longer something a person reads; CSV has no limit
