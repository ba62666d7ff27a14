"""What happens in lower apps becomes a message at once, in the transaction of the act (apps.core.events)."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Topic as AccountsTopic
from apps.core.events import subscribe
from apps.notifications.constants import Channel
from apps.notifications.services.outbox import enqueue
from apps.parties.constants import Topic


def claim_submitted(payload: Mapping[str, Any]) -> None:
    """Tell the managers of the organisation that somebody wants to act for it."""
    enqueue(
        topic=Topic.CLAIM_SUBMITTED,
        key=(payload["claim_id"],),
        params={
            "organisation": payload["organisation_name"],
            "person": str(get_user_model().objects.get(pk=payload["claimant_id"])),
            "path": reverse("parties:claim", args=[payload["claim_id"]]),
        },
        user_ids=payload["confirmer_ids"],
        now=payload["now"],
    )


def claim_decided(payload: Mapping[str, Any]) -> None:
    """Tell the claimant what was decided, and why not."""
    verdict = "confirmed" if payload["confirmed"] else "refused"
    enqueue(
        topic=f"parties.claim.{verdict}",
        key=(payload["claim_id"],),
        params={
            "organisation": payload["organisation_name"],
            "reason": payload["reason"],
            "path": reverse("parties:claim", args=[payload["claim_id"]]),
        },
        user_ids=[payload["claimant_id"]],
        now=payload["now"],
    )


def invitation_sent(payload: Mapping[str, Any]) -> None:
    """Send the link to the invited address. It works once, so the outbox forgets it as soon as it went out."""
    expires = payload["expires_at"]
    until = f"{timezone.localtime(expires):%Y-%m-%d}" if hasattr(expires, "tzinfo") else str(expires)[:10]
    enqueue(
        topic=Topic.INVITATION_SENT,
        key=(payload["invitation_id"],),
        params={
            "organisation": payload["organisation_name"],
            "person": payload["inviter_name"],
            "role": str(payload["role_label"]),
            "until": until,
            "path": payload["path"],
        },
        addresses=[payload["email"]],
        channels=[Channel.EMAIL],
        now=payload["now"],
    )


def membership_ended(payload: Mapping[str, Any]) -> None:
    """Tell the person that they no longer act for the organisation."""
    enqueue(
        topic=Topic.MEMBERSHIP_ENDED,
        key=(payload["membership_id"],),
        params={"organisation": payload["organisation_name"]},
        user_ids=[payload["user_id"]],
        now=payload["now"],
    )


def export_finished(payload: Mapping[str, Any]) -> None:
    """Tell the person that their file is there, or why it is not. In the portal only: the file is fetched there."""
    outcome = "ready" if payload["ready"] else "failed"
    enqueue(
        topic=f"accounts.export.{outcome}",
        key=(payload["export_id"],),
        params={
            "organisation": payload["label"],
            "reason": payload["reason"],
            "until": payload["until"].isoformat() if payload["until"] else "",
            "path": reverse("accounts:exports"),
        },
        user_ids=[payload["user_id"]],
        channels=[Channel.IN_APP],
        now=payload["now"],
    )


def subscribe_all() -> None:
    """Called once by AppConfig.ready."""
    subscribe(Topic.CLAIM_SUBMITTED, claim_submitted)
    subscribe(Topic.CLAIM_DECIDED, claim_decided)
    subscribe(Topic.INVITATION_SENT, invitation_sent)
    subscribe(Topic.MEMBERSHIP_ENDED, membership_ended)
    subscribe(AccountsTopic.EXPORT_FINISHED, export_finished)
