"""URLs of apps.documents."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import OWNER, SIGNED_IN, Access, staff

ROWS: dict[str, Access] = {
    "documents:mine": SIGNED_IN,
    "documents:subject": OWNER,
    "documents:package": staff(P.FILE_WORK, method="post"),
    "documents:download": OWNER,
    "documents:preview": OWNER,
    "documents:remove": OWNER.but(method="post"),
    "documents:upload_begin": SIGNED_IN.but(method="post"),  # one's own upload; a subject takes it or not
    "documents:upload": OWNER.but(method="put"),
    "documents:papers": staff(P.DOCUMENT_VIEW),
    "documents:paper": OWNER,
    "documents:paper_file": OWNER,
    "documents:paper_retry": staff(P.DOCUMENT_RETRY, method="post"),
}
