"""Which examinations a scheme asks for, for which kind of application: data, read by the process table.

Shapes are those of the register (certifications.constants.Shape). A scheme that asks for something else gets a row by
its group. Sources: CNCA-QMS-01:2025 (two stages at first, on site before expiry at recertification); 《强制性产品认证
管理规定》 (type test and factory inspection); 《有机产品认证管理办法》 (inspection on site, samples tested). What a
transfer or a change of scope asks for is the default of this portal.
"""

from collections.abc import Mapping

from apps.certifications.constants import Shape
from apps.certifying.constants import Kind, Stage

TWO_STAGES = (Stage.STAGE1, Stage.STAGE2)
ONE_AUDIT = (Stage.STAGE2,)
TEST_AND_FACTORY = (Stage.TYPE_TEST, Stage.FACTORY)
FIELD_AND_SAMPLES = (Stage.FIELD, Stage.SAMPLING)
ON_PAPER = (Stage.DOCUMENTS,)

BY_SHAPE: Mapping[int, Mapping[str, tuple[Stage, ...]]] = {
    Shape.MANAGEMENT: {
        Kind.INITIAL: TWO_STAGES,
        Kind.RECERTIFICATION: ONE_AUDIT,
        Kind.SCOPE: ONE_AUDIT,
        Kind.TRANSFER: ON_PAPER,
    },
    Shape.CCC: {
        Kind.INITIAL: TEST_AND_FACTORY,
        Kind.RECERTIFICATION: (Stage.FACTORY,),
        Kind.SCOPE: (Stage.TYPE_TEST,),
        Kind.TRANSFER: ON_PAPER,
    },
    Shape.INDUSTRIAL: {
        Kind.INITIAL: TEST_AND_FACTORY,
        Kind.RECERTIFICATION: (Stage.FACTORY,),
        Kind.SCOPE: (Stage.TYPE_TEST,),
        Kind.TRANSFER: ON_PAPER,
    },
    Shape.FOOD: {
        Kind.INITIAL: FIELD_AND_SAMPLES,
        Kind.RECERTIFICATION: FIELD_AND_SAMPLES,
        Kind.SCOPE: FIELD_AND_SAMPLES,
        Kind.TRANSFER: FIELD_AND_SAMPLES,
    },
}
BY_GROUP: Mapping[str, Mapping[str, tuple[Stage, ...]]] = {
    "service": {
        Kind.INITIAL: ONE_AUDIT,
        Kind.RECERTIFICATION: ONE_AUDIT,
        Kind.SCOPE: ONE_AUDIT,
        Kind.TRANSFER: ON_PAPER,
    },
}
# The state of the file in which a stage is done; samples are taken during the inspection on site.
STATE_OF: Mapping[str, str] = {stage: stage for stage in Stage if stage != Stage.SAMPLING} | {
    Stage.SAMPLING: Stage.FIELD
}
EXAMINED_IN = tuple(dict.fromkeys(str(state) for state in STATE_OF.values()))


def stages(group: str, shape: int, kind: str) -> tuple[Stage, ...]:
    """The examinations, in their order."""
    return BY_GROUP.get(group, BY_SHAPE[shape])[kind]


def states(group: str, shape: int, kind: str) -> tuple[str, ...]:
    """The states of examination that the file goes through, in their order."""
    return tuple(dict.fromkeys(str(STATE_OF[stage]) for stage in stages(group, shape, kind)))
