"""URLs of apps.webhooks."""

from tests.architecture.access import OWNER, SIGNED_IN, Access

ROWS: dict[str, Access] = {
    "webhooks:index": SIGNED_IN,
    "webhooks:guide": SIGNED_IN,
    "webhooks:new": OWNER,
    "webhooks:detail": OWNER,
    "webhooks:state": OWNER.but(method="post"),
    "webhooks:new_secret": OWNER,
    "webhooks:ping": OWNER.but(method="post"),
    "webhooks:delivery": OWNER,
    "webhooks:replay": OWNER.but(method="post"),
}
