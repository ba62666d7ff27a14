"""What alarms in delivery, and telling people of alarms that wait for them."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.selectors import holders_of
from apps.core import alarms
from apps.core.alarms import Alarm
from apps.core.calendar import today
from apps.notifications.constants import ALARM
from apps.notifications.selectors import delivery_health
from apps.notifications.services import enqueue


def delivery_alarms(now: dt.datetime) -> Iterator[Alarm]:
    """Messages that died, whose fate is unknown, that are due too long, and clocks that disagree."""
    health = delivery_health(now)
    path = reverse("notifications:deliveries")
    if health.dead or health.unknown:
        counts = {"dead": health.dead, "unknown": health.unknown}
        text = _("多次失败 %(dead)s 条，结果不明 %(unknown)s 条，需要人工处理。") % counts
        yield Alarm("notifications.undelivered", _("有消息没有送达"), text, counts, path)
    if health.overdue:
        text = _("有 %(n)s 条消息超过 15 分钟未能发出。") % {"n": health.overdue}
        yield Alarm("notifications.overdue", _("消息发送迟缓"), text, {"overdue": health.overdue}, path)
    if health.fenced_since is not None:
        since, drift = health.fenced_since.isoformat(timespec="seconds"), round(health.drift_seconds)
        text = _("数据库时钟与本机稳定时钟相差 %(drift)s 秒（自 %(since)s），提醒计划已暂停。")
        facts = {"since": since, "drift_seconds": drift}
        yield Alarm("notifications.clock", _("时钟跳变"), text % {"drift": drift, "since": since}, facts, path)


def tell(now: dt.datetime) -> int:
    """Write to those who can mend a standing alarm, in their language, once for each occasion. Returns new messages."""
    told = 0
    for language, _name in settings.LANGUAGES:
        with translation.override(language), transaction.atomic():
            for alarm in alarms.standing(now):
                if alarm.permission and alarm.occasion:
                    told += _tell(alarm, language, now)
    return told


def _tell(alarm: Alarm, language: str, now: dt.datetime) -> int:
    people = get_user_model().objects.filter(pk__in=holders_of(alarm.permission, today(now)), language=language)
    return enqueue(
        topic=ALARM,
        key=(alarm.code, alarm.occasion),
        params={"reason": f"{alarm.title}: {alarm.text}", "path": alarm.path},
        user_ids=people.values_list("pk", flat=True),
        now=now,
    )
