"""What other apps and interfaces may do with messages."""

from apps.notifications.services.composing import preview
from apps.notifications.services.delivery import deliver, waiting_count
from apps.notifications.services.editing import (
    RuleChange,
    change_rule,
    change_template,
    proposed,
    recipients_of,
    template_problems,
)
from apps.notifications.services.fence import accept_clock, beat
from apps.notifications.services.loading import load_rules
from apps.notifications.services.outbox import decide, enqueue, retry, send_test
from apps.notifications.services.people import mark_read, note_feed_read, renew_feed, revoke_feed, save_preferences
from apps.notifications.services.planning import Planned, close_settled, plan_reminders, would_create
from apps.notifications.services.reconciling import reconcile

__all__ = [
    "Planned",
    "RuleChange",
    "accept_clock",
    "beat",
    "change_rule",
    "change_template",
    "close_settled",
    "decide",
    "deliver",
    "enqueue",
    "load_rules",
    "mark_read",
    "note_feed_read",
    "plan_reminders",
    "preview",
    "proposed",
    "recipients_of",
    "reconcile",
    "renew_feed",
    "retry",
    "revoke_feed",
    "save_preferences",
    "send_test",
    "template_problems",
    "waiting_count",
    "would_create",
]
