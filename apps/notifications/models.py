"""The outbox and what feeds it. A message is promised by its row here; queues only carry wake-up calls."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.notifications.constants import DEFAULT_VARIANT, WAITING, Channel, MessageState


class ReminderRule(models.Model):
    """When whom to remind of what, from one day to another. A change ends this row and begins the next."""

    event = models.CharField(_("事项"), max_length=40)
    variant = models.CharField(_("适用类别"), max_length=16, default=DEFAULT_VARIANT)
    offsets = ArrayField(
        models.SmallIntegerField(), verbose_name=_("提前天数"), help_text="days before; negative after"
    )
    shares = ArrayField(
        models.SmallIntegerField(),
        verbose_name=_("期限用时（%）"),
        default=list,
        help_text="per cent of the limit that are used; only for matters that run under a limit",
    )
    recipients = ArrayField(models.CharField(max_length=16), verbose_name=_("接收人"))
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("渠道"))
    effective_from = models.DateField(_("生效日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    legal_basis = models.CharField(_("依据"), max_length=300, blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "variant", "effective_from"], name="reminder_rule_start"),
            models.UniqueConstraint(
                fields=["event", "variant"], condition=Q(effective_to=None), name="reminder_rule_one_open"
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="reminder_rule_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}/{self.variant} from {self.effective_from}"


class MessageTemplate(models.Model):
    """The words of a topic in one language. Variables in braces, by an allow-list (rules.allowed_variables)."""

    topic = models.CharField(_("主题"), max_length=60)
    language = models.CharField(_("语言"), max_length=10)
    subject = models.CharField(_("标题"), max_length=200, blank=True)
    body = models.TextField(_("正文"))
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "language"], name="message_template_once")]

    def __str__(self) -> str:
        return f"{self.topic} ({self.language})"


class Message(models.Model):
    """One message to one person on one channel: a day's digest, or word of an event. Unique by key, for ever.

    `claim` counts the workers that took it; only the latest may say what became of it, so a worker that was frozen
    past its lease and thaws changes nothing. Times are the database's.
    """

    key = models.CharField(max_length=40, unique=True)
    topic = models.CharField(_("主题"), max_length=60)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    address = models.CharField(_("地址"), max_length=254, blank=True, help_text="for somebody without an account")
    day = models.DateField(_("日期"))
    params = models.JSONField(default=dict, help_text="values for the template of a direct message")
    state = models.CharField(_("状态"), max_length=8, choices=MessageState.choices, default=MessageState.PLANNED)
    attempts = models.SmallIntegerField(_("尝试次数"), default=0)
    claim = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(_("下次发送"))
    provider_ref = models.CharField(max_length=100, blank=True)
    failure = models.TextField(_("失败原因"), blank=True)
    subject = models.CharField(_("标题"), max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state__in=WAITING), name="message_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state=MessageState.SENDING), name="message_sending"),
            models.Index(fields=["recipient", "channel", "-id"], name="message_recipient"),
            models.Index(
                fields=["recipient"],
                condition=Q(channel=Channel.IN_APP, read_at=None, state=MessageState.SENT),
                name="message_unread",
            ),
            models.Index(fields=["state", "-id"], name="message_state"),
            models.Index(fields=["day", "channel"], name="message_day"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.topic} {self.channel}: {self.state}"


class Reminder(models.Model):
    """One threshold of one due date told to one person on one channel, once. `message` is the digest that says it.

    Numbers, not foreign keys, name the subject: it belongs to a higher app. Closed when the matter is settled (renewed,
    cancelled, revoked, replaced), before or after it was told.
    """

    rule_code = models.CharField(max_length=60)
    event = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    threshold = models.SmallIntegerField(
        help_text="days before the due date, negative after; from 1000 on, 1000 and the per cent of the limit left"
    )
    due_on = models.DateField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reminders")
    planned_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "recipient", "due_on", "threshold", "channel", "rule_code"], name="reminder_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["recipient", "channel"],
                condition=Q(message=None, closed_at=None),
                name="reminder_without_message",
            ),
            models.Index(fields=["event", "due_on"], condition=Q(closed_at=None), name="reminder_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.subject_id} T-{self.threshold} {self.due_on}"


class Watermark(models.Model):
    """The last day that was planned through. Moves in the transaction that planned."""

    name = models.CharField(max_length=40, primary_key=True)
    day = models.DateField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.day}"


class SeenMatter(models.Model):
    """An open matter as the last sweep saw it. `stamp`: of the rule and threshold it was told under; 0: under none.
    No index: a sweep compares it as a whole."""

    event = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    due_on = models.DateField()
    organisation_id = models.BigIntegerField()
    division_code = models.CharField(max_length=6)
    body_id = models.BigIntegerField()
    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.event} {self.subject_id} {self.due_on}"


class SeenPerson(models.Model):
    """Somebody whom the last sweep could tell of an organisation's matters, or (an officer) of an area's.

    `reach` adds up the channels: 1 in-app, 2 e-mail, 4 SMS. No index: a sweep compares it as a whole.
    """

    organisation_id = models.BigIntegerField(help_text="0 for an officer")
    user_id = models.BigIntegerField()
    prefix = models.CharField(max_length=6, help_text="of the division codes that an officer's unit covers")
    manager = models.BooleanField()
    reach = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} for {self.organisation_id or self.prefix}"


class ClockHeartbeat(models.Model):
    """What the database's clock said when this machine's steady clock stood there. One row per machine.

    `fenced_since` is set while the two disagree by more than five minutes: planning then waits, because a reminder
    sent a day early cannot be taken back.
    """

    machine = models.CharField(max_length=64, primary_key=True, help_text="boot id: the steady clock starts at boot")
    wall = models.DateTimeField()
    steady = models.FloatField(help_text="seconds since boot")
    drift_seconds = models.FloatField(default=0)
    fenced_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.machine}: {self.drift_seconds:+.1f} s"


class Preference(models.Model):
    """What a person chose: the language of messages, and channels switched off. In-app messages always come."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    language = models.CharField(_("消息语言"), max_length=10, blank=True)
    channels_off = ArrayField(models.CharField(max_length=8), default=list)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return str(self.user_id)


class CalendarFeed(models.Model):
    """A secret address from which a calendar program reads a person's due dates. Only its hash is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="one_calendar_feed_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d}"
