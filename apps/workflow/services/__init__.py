"""What other apps and interfaces may do with files."""

from apps.workflow.services.engine import advance, open_file

__all__ = ["advance", "open_file"]
