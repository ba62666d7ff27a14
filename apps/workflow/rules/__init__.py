"""Pure rules over process tables."""

from apps.workflow.rules.duties import barred_by, desk_of, neighbours, telling_steps
from apps.workflow.rules.table import check_process, texts_of

__all__ = ["barred_by", "check_process", "desk_of", "neighbours", "telling_steps", "texts_of"]
