"""Text that strangers typed."""


def printable(text: str) -> str:
    """`text` with every control character replaced: a name in a log or a list is shown, never obeyed."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in text)
