"""Pages: what everybody has (centre, settings, calendar) and what staff see (rules, texts, deliveries, mailbox)."""
