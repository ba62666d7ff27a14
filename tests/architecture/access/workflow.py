"""URLs of apps.workflow."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import OWNER, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "workflow:worklist": staff(P.FILE_WORK),
    "workflow:export": staff(P.FILE_WORK, **POST, file_format="csv"),
    "workflow:save_view": staff(P.FILE_WORK, **POST),
    "workflow:delete_view": staff(P.FILE_WORK, **POST),
    "workflow:assign": staff(P.FILE_ASSIGN),
    "workflow:remind": staff(P.FILE_ASSIGN),
    "workflow:file": OWNER,
    "workflow:step": OWNER,
    "workflow:claim": OWNER.but(**POST),
    "workflow:hand_over": OWNER,
    "workflow:recuse": OWNER,
    "workflow:absences": staff(P.FILE_WORK),
    "workflow:absence_end": staff(P.FILE_WORK, **POST),
    "workflow:routing": staff(P.ROUTING_EDIT),
    "workflow:routing_end": staff(P.ROUTING_EDIT, **POST),
    "workflow:processes": staff(P.FILE_WORK),
    "workflow:process": staff(P.FILE_WORK),
}
