"""Pages about organisations and the people who act for them."""
