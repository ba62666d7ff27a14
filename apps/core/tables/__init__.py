"""Lists that people hand in as CSV or XLSX: what they may hold, how they are read, and how they come back."""
