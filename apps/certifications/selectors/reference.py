"""Names of reference data for lists and filters. Small tables that change with a release: a process keeps them."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.certifications.models import (
    CatalogueProduct,
    CatalogueVersion,
    Certificate,
    IafSector,
    Industry,
    Project,
    Source,
    Standard,
)
from apps.core.keeping import Kept

KEEP_SECONDS = 300
GROUPS = {
    "qms": _("质量管理体系"),
    "ems": _("环境管理体系"),
    "ohsms": _("职业健康安全管理体系"),
    "food_ms": _("食品安全管理体系"),
    "isms": _("信息安全管理体系"),
    "itsm": _("信息技术服务管理体系"),
    "measurement": _("测量管理体系"),
    "energy": _("能源管理体系"),
    "ip": _("知识产权管理体系"),
    "other_ms": _("其他管理体系"),
    "ccc": _("强制性产品认证（CCC）"),
    "organic": _("有机产品认证"),
    "gap": _("良好农业规范（GAP）认证"),
    "food_product": _("其他食品农产品认证"),
    "industrial": _("自愿性工业产品认证"),
    "green": _("绿色与节能产品认证"),
    "service": _("服务认证"),
}


def _read_projects() -> list[Project]:
    return list(Project.objects.order_by("code"))


projects = Kept(_read_projects, lambda _found: KEEP_SECONDS)  # every project, in code order


def _read_sources() -> dict[str, Source]:
    return {source.code: source for source in Source.objects.all()}


sources = Kept(_read_sources, lambda _found: KEEP_SECONDS)


def source_name(code: str) -> str:
    """The source in the language of the page; its code if it has left the reference data."""
    source = sources().get(code)
    if source is None:
        return code
    return source.name_en if source.name_en and (get_language() or "").startswith("en") else source.name


def project_names(*, english: bool) -> list[tuple[str, str]]:
    """(code, name) of every project."""
    return [(p.code, (p.name_en if english and p.name_en else p.name)) for p in projects()]


def group_names(*, english: bool) -> dict[str, str]:
    """The groups that exist, with their names; a group without a name of ours goes by its first project."""
    names: dict[str, str] = {}
    for project in projects():
        own = GROUPS.get(project.group)
        fallback = project.name_en if english and project.name_en else project.name
        names.setdefault(project.group, str(own) if own else fallback)
    return names


def groups_of(by_project: Mapping[str, int]) -> Counter[str]:
    """Counts by project, added up by group."""
    group = {p.code: p.group for p in projects()}
    added: Counter[str] = Counter()
    for code, n in by_project.items():
        if code in group:
            added[group[code]] += n
    return added


def body_names(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(approval number, name) of certification bodies by id."""
    model = Certificate._meta.get_field("body").related_model
    rows = model._default_manager.filter(pk__in=list(ids))
    return {pk: (number or "", name) for pk, number, name in rows.values_list("pk", "approval_number", "name")}


def projects_of_shape(shape: int) -> list[tuple[str, str]]:
    """(code, name with the code) of the projects that use the detail template."""
    return choices_of(p for p in projects() if p.shape == shape)


def choices_of(found: Iterable[Project]) -> list[tuple[str, str]]:
    """(code, code with the name in the language of the page), for a list to choose from."""
    in_english = (get_language() or "").startswith("en")
    return [(p.code, f"{p.code} {p.name_en if in_english and p.name_en else p.name}") for p in found]


def standard_choices() -> list[tuple[str, str]]:
    """(code, code with title) of every standard that is known, those in force first."""
    rows = Standard.objects.order_by(F("replaced_by").asc(nulls_first=True), "code")
    return [(row.code, f"{row.code} {row.title}") for row in rows]


def catalogue_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The CCC codes of the newest edition, by category in the order of the announcement."""
    newest = CatalogueVersion.objects.order_by("-effective_on").first()
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in CatalogueProduct.objects.filter(version=newest).order_by("serial", "code"):
        groups.setdefault(row.category, []).append((row.code, f"{row.code} {row.name}"))
    return list(groups.items())


def industry_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The divisions of GB/T 4754-2017 under their letters."""
    rows = list(Industry.objects.order_by("code"))
    letters = {row.code: row.name for row in rows if not row.parent_code}
    return [
        (f"{letter} {name}", [(row.code, f"{row.code} {row.name}") for row in rows if row.parent_code == letter])
        for letter, name in letters.items()
    ]


def sector_choices() -> list[tuple[str, str]]:
    """The IAF sectors."""
    name = "name_en" if (get_language() or "").startswith("en") else "name"
    return [(code, f"{code} {text}") for code, text in IafSector.objects.order_by("code").values_list("code", name)]


def unknown_scope_codes(codes: Iterable[str]) -> list[str]:
    """Those that name no IAF sector and no industry of GB/T 4754; three and four digits go by their first two."""
    sectors = {f"IAF:{code}" for code in IafSector.objects.values_list("code", flat=True)}
    industries = {f"GB:{code}" for code in Industry.objects.values_list("code", flat=True)}
    return [code for code in codes if code not in sectors and code[:6] not in industries]


def projects_named(text: str) -> tuple[str, ...]:
    """The project codes behind a project code or a group; empty if there is none of that name."""
    return tuple(p.code for p in projects() if text in (p.code, p.group))
