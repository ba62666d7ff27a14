"""Rules of webhooks: how a delivery is signed, where one may go."""
