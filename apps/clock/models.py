"""The official calendar, the statutory limits and the deadlines that run under them.

All are rows: rules change, and a case keeps the rule of its day unless the new rule says otherwise.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.audit.models import append_only
from apps.clock.constants import OPEN, DayKind, DeadlineState, EventKind, LimitUnit


class CalendarDay(models.Model):
    """One date: worked or not, by which notice of the State Council. Provisional: by weekday, not announced yet."""

    date = models.DateField(_("日期"), primary_key=True)
    kind = models.CharField(_("类型"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40, blank=True)
    notice = models.CharField(_("通知文号"), max_length=60, blank=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    edited = models.BooleanField(default=False, help_text="changed by a person: loading leaves it alone")
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class StatutoryLimit(models.Model):
    """A limit that the law sets, in force from one day to another. A change ends this row and begins the next."""

    code = models.CharField(_("代码"), max_length=60)
    name = models.CharField(_("名称"), max_length=100)
    value = models.SmallIntegerField(_("时限"))
    unit = models.CharField(_("单位"), max_length=12, choices=LimitUnit.choices)
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    article = models.CharField(_("依据"), max_length=200)
    consequence = models.CharField(_("逾期后果"), max_length=300, blank=True)
    verified = models.BooleanField(_("已核对原文"), default=False)
    rolls = models.BooleanField(
        _("末日顺延"), default=False, help_text="a last day that is not worked moves to the next working day"
    )
    applies_to_running = models.BooleanField(
        _("适用于办理中的事项"),
        default=False,
        help_text="replaces the earlier rule for what is running on its first day",
    )
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="statutory_limit_start"),
            models.UniqueConstraint(fields=["code"], condition=Q(effective_to=None), name="statutory_limit_one_open"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="statutory_limit_order"
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="statutory_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.value} {self.unit}"


class Deadline(models.Model):
    """One limit running on one subject. Subjects are named by kind and id: they live in higher apps.

    `due_on` is a result of `rules.due`, stored because worklists sort by it; null while the clock stands still. Only
    apps.clock.services write it. `ended_on` is the day on which the act was done, the matter withdrawn, or null: a
    lapsed deadline without it is an act still owed.
    """

    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    code = models.CharField(_("代码"), max_length=60)
    limit = models.ForeignKey(StatutoryLimit, models.PROTECT, related_name="+", verbose_name=_("时限"))
    started_on = models.DateField(_("起算日"))
    state = models.CharField(_("状态"), max_length=9, choices=DeadlineState.choices, default=DeadlineState.RUNNING)
    due_on = models.DateField(_("截止日"), null=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    ended_on = models.DateField(_("结束日"), null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "code"], condition=Q(ended_on=None), name="deadline_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state=DeadlineState.RUNNING) | Q(due_on__isnull=False), name="deadline_running_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=DeadlineState.PAUSED) | Q(due_on=None), name="deadline_paused_has_no_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_on=None)
                | Q(state=DeadlineState.LAPSED)
                | Q(state__in=[DeadlineState.MET, DeadlineState.WITHDRAWN], ended_on__isnull=False),
                name="deadline_end_follows_state",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="deadline_subject"),
            models.Index(fields=["due_on", "id"], condition=Q(state=DeadlineState.RUNNING), name="deadline_due"),
            models.Index(fields=["code"], condition=Q(ended_on=None), name="deadline_open_code"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.code} {self.state}"


class DeadlineEvent(models.Model):
    """One thing that happened to a deadline. Only grows; pauses and extensions are read from here."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="events")
    n = models.SmallIntegerField()
    kind = models.CharField(_("期限事项"), max_length=9, choices=EventKind.choices)
    on = models.DateField(_("日期"))
    reason = models.TextField(_("理由"), blank=True)
    evidence = models.CharField(_("证据"), max_length=300, blank=True)
    extension = models.ForeignKey(StatutoryLimit, models.PROTECT, related_name="+", null=True)
    actor_label = models.CharField(_("操作人"), max_length=200)
    at = models.DateTimeField(_("记录时间"))
    due_before = models.DateField(_("原截止日"), null=True)
    due_after = models.DateField(_("新截止日"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "n"], name="deadline_event_number")]
        triggers = append_only("deadline_event")

    def __str__(self) -> str:
        return f"{self.deadline_id}#{self.n} {self.kind}"
