"""The public API."""

from tests.architecture.access import ANYONE, TOKEN, Access

ROWS: dict[str, Access] = {
    "api:reference": ANYONE,
    "api:schema": ANYONE,
    "api:certificates": ANYONE,
    "api:certificate": ANYONE,
    "api:verify": ANYONE,
    "api:organisation": ANYONE,
    "api:bodies": ANYONE,
    "api:projects": ANYONE,
    "api:nowhere": ANYONE,
    "institutions_api:institutions": ANYONE,
    "institutions_api:institution": ANYONE,
    "institutions_api:institution_scope": ANYONE,
    "institutions_api:capabilities": ANYONE,
    "institutions_api:licence": ANYONE,
    "institutions_api:own": TOKEN,
    "institutions_api:items": TOKEN,
    "institutions_api:applications": TOKEN,
    "institutions_api:application": TOKEN,
    "institutions_api:steps": TOKEN.but(method="post"),
    "institutions_api:materials": TOKEN.but(method="post"),
    "institutions_api:material": TOKEN,
    "institutions_api:answer": TOKEN.but(method="put"),
    "institutions_api:paper": TOKEN,
    "institutions_api:scope": TOKEN,
    "institutions_api:scope_rows": TOKEN,
    "institutions_api:scope_imports": TOKEN.but(method="post"),
    "institutions_api:scope_import": TOKEN,
    "institutions_api:licences": TOKEN,
}
