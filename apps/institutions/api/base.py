"""What the endpoints of an institution share: its own files and rows, and nobody else's."""

from typing import Any

from rest_framework.exceptions import NotFound

from apps.core.problems import Refused
from apps.institutions.api.shown import application_tag, whole
from apps.institutions.models import Application, Demand, Institution, ScopeVersion
from apps.institutions.policies import visible_institutions
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.selectors import applications as selectors
from apps.institutions.services.applications import lock_own
from apps.parties.api.calls import TokenView, match
from apps.workflow.models import File
from apps.workflow.policies import visible_files


class OwnView(TokenView):
    """The maker of a token may act for several organisations; the token opens one of them."""

    def files(self) -> Any:
        found = visible_files(self.maker, self.today).filter(organisation=self.organisation)
        return found.filter(process=LICENSING.code).select_related("organisation", "unit")

    def file(self, number: str) -> File:
        """A file of the organisation by its number, or 404."""
        found = self.files().filter(number=number).first() if number.isprintable() else None
        if found is None:
            raise NotFound
        return found

    def application(self, number: str) -> Application:
        return selectors.of_file(self.file(number))

    def locked(self, number: str) -> Application:
        """The application under the lock of its file: what is compared and what is changed are then the same."""
        return lock_own(**self.call, application_id=self.application(number).pk)

    def matched_application(self, number: str) -> Application:
        """The same, if the call was made on the version that stands."""
        found = self.locked(number)
        match(self.request, application_tag(found))
        return found

    def shown(self, number: str) -> tuple[dict[str, Any], dict[str, str]]:
        """An application as it stands now, and its headers."""
        told = whole(self.application(number), self.maker, self.now)
        return told, {"ETag": told["etag"]}

    def demand(self, application: Application, kind: str, n: int) -> Demand:
        """A point that the applicant was told of, or 404."""
        found = application.demands.filter(kind=kind, n=n, told_at__isnull=False).first()
        if found is None:
            raise NotFound
        return found

    def institution(self) -> Institution:
        """The file of the organisation; 409 while it has none."""
        found = visible_institutions(self.maker, self.today).filter(organisation=self.organisation).first()
        if found is None:
            raise Refused("institution.none", "")
        return found

    def scopes_of(self) -> Any:
        return ScopeVersion.objects.filter(institution__organisation=self.organisation)
