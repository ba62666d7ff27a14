"""Which documents an application needs, by the shape of the scheme's certificates. The portal knows codes and names of
the register itself, so the business licence is not asked for. The list is this portal's default: a body may ask for
more in its contract review."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import Shape


@dataclass(frozen=True, slots=True)
class Material:
    kind: str
    label: Any
    required: bool = True


_OTHER = Material("other", _("其他材料"), required=False)
_PRODUCT = (
    Material("product_file", _("产品描述、关键件清单和图样")),
    Material("factory_quality", _("工厂质量保证能力文件")),
    Material("trademark", _("商标注册证明"), required=False),
    _OTHER,
)
MATERIALS: Mapping[int, tuple[Material, ...]] = {
    Shape.MANAGEMENT: (
        Material("manual", _("管理体系文件")),
        Material("internal_audit", _("最近一次内部审核和管理评审记录")),
        Material("permits", _("法律法规要求的许可证明"), required=False),
        _OTHER,
    ),
    Shape.CCC: _PRODUCT,
    Shape.INDUSTRIAL: _PRODUCT,
    Shape.FOOD: (
        Material("land", _("土地使用权证明")),
        Material("plots", _("生产单元和地块分布图")),
        Material("production_plan", _("生产、加工技术规程和年度计划")),
        Material("records", _("生产、投入品和销售记录"), required=False),
        _OTHER,
    ),
}


def materials(shape: int) -> tuple[Material, ...]:
    return MATERIALS[shape]
