"""A machine of an institution: calls the API with a token as a program would."""

import itertools
from typing import Any

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from apps.accounts.models import User
from apps.parties.constants import OrganisationKind
from apps.parties.models import Organisation
from tests import factories
from tests.factories.tokens import api_token
from tests.institutions.casework import Case

_keys = itertools.count(1)


def address(name: str, *args: Any) -> str:
    return reverse(f"institutions_api:{name}", args=args)


class Machine:
    """`told` is the text of the token. Every changing call gets a fresh key unless one is given."""

    def __init__(self, manager: User, of: Organisation, *scopes: str, **fields: Any) -> None:
        self.token, self.told = api_token(manager, of, *scopes, **fields)
        self.client = Client()

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self._headers(headers))

    def send(self, method: str, path: str, body: Any = None, *, key: str = "", etag: str = "", **headers: str) -> Any:
        """`body` None sends nothing; with a file in it, it goes as a form."""
        asked = {"Idempotency-Key": key or f"key-{next(_keys)}", **headers}
        if etag:
            asked["If-Match"] = etag
        form = isinstance(body, dict) and any(hasattr(value, "read") for value in body.values())
        kind = {} if form or body is None else {"content_type": "application/json"}
        if form and method not in ("post",):
            body, kind = encode_multipart(BOUNDARY, body), {"content_type": MULTIPART_CONTENT}
        return getattr(self.client, method)(path, data=body or "", headers=self._headers(asked), **kind)

    def post(self, path: str, body: Any = None, **more: str) -> Any:
        return self.send("post", path, body, **more)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.told}", **more}


def path(case: Case, name: str = "application", *more: object) -> str:
    """The address of a case's application, or of a part of it."""
    return address(name, case.file.number, *more)


def etag(machine: Machine, case: Case) -> str:
    return str(machine.get(path(case)).headers["ETag"])


def codes(answer: Any) -> set[str]:
    """The codes of the problems that an answer names."""
    return {problem["code"] for problem in answer.json().get("problems", [])}


def owner() -> tuple[User, Organisation]:
    """Another institution and its manager."""
    lab = factories.organisation("示例·甲检测", kind=OrganisationKind.INSTITUTION, division_code="520602")
    user = factories.person()
    factories.member(user, lab)
    return user, lab
