"""What in the trail is sensitive."""

# Opening an entry of these kinds shows personal data (addresses, claims, identities), so the opening is recorded.
SENSITIVE = ("accounts.", "parties.claim.", "parties.member", "parties.invitation")
