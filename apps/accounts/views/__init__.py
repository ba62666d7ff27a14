"""Pages about people: one's own account, and the administrators' pages."""
