"""Files, what happened to them, and whose hands they are in.

The status of a file is explained by its transitions: version n of a file is what transition n made of it. PostgreSQL
refuses a status that no transition explains, whoever writes it (triggers below; ADR 0011).
"""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Role
from apps.audit.models import append_only
from apps.workflow.constants import Competence, How

# A worklist holds what is submitted and not closed; drafts and closed files stay out of its indexes.
OPEN_FILES = Q(closed_at=None, submitted_at__isnull=False)

_NO_BYPASS: list[tuple[str, str]] = [("no_bypass", "TEXT := set_config('pgtrigger.ignore', '{}', true)")]
_ROW: dict[str, Any] = {"level": pgtrigger.Row, "declare": _NO_BYPASS}

_MOVES = """
IF NEW.process IS DISTINCT FROM OLD.process OR NEW.number IS DISTINCT FROM OLD.number THEN
    RAISE EXCEPTION 'file %: process and number are for ever', OLD.id;
END IF;
IF NEW.status IS NOT DISTINCT FROM OLD.status AND NEW.version = OLD.version THEN
    RETURN NEW;
END IF;
IF NEW.version <> OLD.version + 1 OR NOT EXISTS (
    SELECT 1 FROM workflow_transition AS t
    WHERE t.file_id = NEW.id AND t.version = NEW.version
        AND t.from_status = OLD.status AND t.to_status = NEW.status
) THEN
    RAISE EXCEPTION 'file %: no transition explains % (version %) after % (version %)',
        OLD.id, NEW.status, NEW.version, OLD.status, OLD.version;
END IF;
RETURN NEW;
"""
_BORN = """
IF NOT EXISTS (
    SELECT 1 FROM workflow_file AS f JOIN workflow_transition AS t ON t.file_id = f.id AND t.version = f.version
    WHERE f.id = NEW.id AND t.to_status = f.status
) THEN
    RAISE EXCEPTION 'file %: no transition explains its status', NEW.id;
END IF;
RETURN NULL;
"""
# A chain: each transition begins where the one before ended, and none is ahead of its file when the act commits.
_LINKED = """
IF (NEW.version = 1) <> (NEW.from_status = '') OR NEW.version > 1 AND NOT EXISTS (
    SELECT 1 FROM workflow_transition AS t
    WHERE t.file_id = NEW.file_id AND t.version = NEW.version - 1 AND t.to_status = NEW.from_status
) OR NOT EXISTS (SELECT 1 FROM workflow_file AS f WHERE f.id = NEW.file_id AND f.version >= NEW.version) THEN
    RAISE EXCEPTION 'transition % of file % is out of line', NEW.version, NEW.file_id;
END IF;
RETURN NULL;
"""


class File(models.Model):
    """One matter on its way through one process. Rows of other apps point here one to one.

    `version` counts transitions. `due_on` is the earliest open deadline, kept because worklists sort by it; null while
    the clock stands still. Written by apps.workflow.services only.
    """

    process = models.CharField(_("业务流程"), max_length=32)
    matter = models.CharField(_("业务类型"), max_length=32)
    number = models.CharField(_("编号"), max_length=32, unique=True)
    title = models.CharField(_("事项"), max_length=200)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="files")
    division_code = models.CharField(_("行政区划"), max_length=6)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    competence = models.CharField(_("权限类型"), max_length=12, choices=Competence.choices, default=Competence.OWN)
    status = models.CharField(_("环节"), max_length=32)
    status_since = models.DateTimeField(_("进入环节时间"))
    version = models.IntegerField(default=1)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    handler = models.ForeignKey(
        "parties.Organisation",
        models.PROTECT,
        null=True,
        related_name="handled_files",
        db_index=False,
        verbose_name=_("认证机构"),
        help_text="the body that works the file; null for the bureau's own",
    )
    opened_at = models.DateTimeField(_("建件时间"))
    submitted_at = models.DateTimeField(_("收件时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    due_on = models.DateField(_("截止日"), null=True)
    days_taken = models.SmallIntegerField(_("办理工作日"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(version__gt=0), name="file_version_positive"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="file_closed_after_opened"
            ),
        ]
        indexes = [
            models.Index(F("due_on").asc(nulls_last=True), "id", condition=OPEN_FILES, name="file_open_due"),
            models.Index(
                "holder", F("due_on").asc(nulls_last=True), "id", condition=OPEN_FILES, name="file_open_holder"
            ),
            models.Index(fields=["division_code", "process", "status"], condition=OPEN_FILES, name="file_open_place"),
            models.Index(fields=["submitted_at", "id"], condition=OPEN_FILES, name="file_open_submitted"),
            models.Index(
                fields=["process", "status", "division_code"],
                condition=OPEN_FILES & Q(holder=None),
                name="file_open_pool",
            ),
            models.Index(fields=["closed_at"], name="file_closed"),
            models.Index(fields=["handler", "id"], condition=Q(handler__isnull=False), name="file_handler"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="file_moves", when=pgtrigger.Before, operation=pgtrigger.Update, func=_MOVES, **_ROW
            ),
            pgtrigger.Trigger(
                name="file_born",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_BORN,
                **_ROW,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Transition(models.Model):
    """One step that was taken: the only reason a status may have. `inputs` is for display, not for questions."""

    file = models.ForeignKey(File, models.PROTECT, related_name="transitions", db_index=False)
    version = models.IntegerField()
    step = models.CharField(_("步骤"), max_length=32)
    from_status = models.CharField(max_length=32, blank=True)
    to_status = models.CharField(max_length=32)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(_("办理人"), max_length=200)
    organisation_id = models.BigIntegerField(null=True, help_text="the organisation the person acted for")
    at = models.DateTimeField(_("时间"))
    reason = models.TextField(_("理由"), blank=True)
    inputs = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "version"], name="transition_version")]
        triggers = [
            *append_only("transition"),
            pgtrigger.Trigger(
                name="transition_linked",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_LINKED,
                **_ROW,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}#{self.version} {self.step}"


class Assignment(models.Model):
    """A file in somebody's hands, from when until when, and how it came there. `File.holder` mirrors the open one."""

    file = models.ForeignKey(File, models.PROTECT, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("岗位"), max_length=32, help_text="a role, or a duty in the file's body")
    how = models.CharField(_("方式"), max_length=12, choices=How.choices)
    since = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("结束时间"), null=True)
    by_label = models.CharField(_("经办"), max_length=200)
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file"], condition=Q(until=None), name="one_open_assignment"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.user_id} ({self.how})"


class Named(models.Model):
    """Somebody is named to a file in a role that sees nothing else (experts). Guards what such people see and do."""

    file = models.ForeignKey(File, models.PROTECT, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("岗位"), max_length=32, help_text="a role, or a duty in the file's body")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "user", "role"], condition=Q(until=None), name="named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.user_id} ({self.role})"


class Recusal(models.Model):
    """Somebody keeps, or is kept, off a file for good. Stays on record."""

    file = models.ForeignKey(File, models.PROTECT, related_name="recusals", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("理由"))
    at = models.DateTimeField(_("时间"))
    by_label = models.CharField(_("登记人"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "user"], name="recusal_once")]
        triggers = append_only("recusal")

    def __str__(self) -> str:
        return f"{self.file_id}: {self.user_id}"


class Absence(models.Model):
    """Somebody is away; until the last day the delegate works their files. Routing passes the absent by."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_on = models.DateField(_("开始日期"))
    last_on = models.DateField(_("结束日期"))
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_order"),
            models.CheckConstraint(condition=Q(delegate=None) | ~Q(delegate=F("user")), name="absence_delegate_other"),
        ]
        indexes = [models.Index(fields=["user", "last_on"], condition=Q(ended_at=None), name="absence_running")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.first_on} - {self.last_on}"


class RoutingRule(models.Model):
    """Whose files come to which unit's people by themselves: the least loaded of them. Empty fields match anything."""

    process = models.CharField(_("业务流程"), max_length=32)
    matter = models.CharField(_("业务类型"), max_length=32, blank=True)
    division_code = models.CharField(_("行政区划"), max_length=6, blank=True)
    role = models.CharField(_("岗位"), max_length=32, choices=Role.choices)
    unit = models.ForeignKey(
        "accounts.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("承办单位"),
        help_text="null: the file's own unit",
    )
    most = models.SmallIntegerField(
        _("每人在办上限"), null=True, help_text="nobody gets more; the rest waits in the pool"
    )
    version = models.IntegerField(default=1)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process", "matter", "division_code", "role"], condition=Q(ended_at=None), name="routing_once"
            ),
            models.CheckConstraint(condition=Q(most=None) | Q(most__gt=0), name="routing_most_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.process}/{self.matter or '*'}/{self.division_code or '*'}: {self.role}"


class SavedView(models.Model):
    """A person's own tab on the worklist: a name for a query string that the worklist understands."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
