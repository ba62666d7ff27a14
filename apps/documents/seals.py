"""The seal's port. Which seal an installation has is a setting; the portal never pretends to have one.

A licensed seal (the national e-seal system, Order 716) becomes an adapter of this shape: it gets the finished PDF and
gives the sealed one back. `sealing` holds those that sign with a certificate; it is imported only where one is set.
Until then a document says that it bears none, or, in development, a test mark without legal force.
"""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from apps.documents.constants import SealState

TEST_MARK = "测试印章，无法律效力"


class Seal(Protocol):
    """`mark` is drawn in the place of the seal before sealing; `state` is what stands beside the document."""

    state: SealState
    mark: str

    def apply(self, pdf: bytes) -> bytes: ...


class Unsealed:
    """No seal: the bureau prints and stamps, or waits for its e-seal."""

    state = SealState.UNSEALED
    mark = ""

    def apply(self, pdf: bytes) -> bytes:
        return pdf


class DrawnSeal:
    """A drawn ring that says what it is, and no signature: quick, for tests."""

    state = SealState.TEST
    mark = TEST_MARK

    def apply(self, pdf: bytes) -> bytes:
        return pdf


def configured() -> Seal:
    """The seal that this installation names."""
    made: Seal = import_string(settings.DOCUMENT_SEAL)()
    return made
