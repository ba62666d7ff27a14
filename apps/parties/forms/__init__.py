"""Forms: what was typed, as plain values. The services decide what is wrong with it."""
