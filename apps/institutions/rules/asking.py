"""What somebody means who asks "who may test lead in toys?": words, and parts of a scope line."""

from dataclasses import dataclass

from apps.core.grams import fold, short_query_literal

MOST_WORDS = 6
TEXT_LENGTH = 60
# What the question is asked with says nothing of what is to be tested.
_ASKING = frozenset(
    {
        "谁能检",
        "谁可以检",
        "谁能测",
        "谁检",
        "哪里能检",
        "哪里检",
        "哪家能检",
        "哪些机构能检",
        "能检",
        "检测机构",
        "请问",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: `words` anywhere in the line, the rest in their part of it; all folded. `division` is a prefix."""

    words: tuple[str, ...] = ()
    object: str = ""
    parameter: str = ""
    standard: str = ""
    field: str = ""
    division: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for text in (*self.words, self.object, self.parameter, self.standard) if text)

    @property
    def literal(self) -> str:
        """The tsquery that every line asked for satisfies; empty if nothing of it can be looked up."""
        return " & ".join(filter(None, map(short_query_literal, self.texts)))


def ask(
    *, q: str = "", object: str = "", parameter: str = "", standard: str = "", field: str = "", division: str = ""
) -> Asked:
    """Read what was typed. Words are separated by blanks; what only asks is left out, and so is what comes too late."""
    said = [word for word in q.split() if word not in _ASKING]
    words = [fold(word[:TEXT_LENGTH]) for word in said]
    return Asked(
        words=tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS],
        object=fold(object[:TEXT_LENGTH]),
        parameter=fold(parameter[:TEXT_LENGTH]),
        standard=fold(standard[:TEXT_LENGTH]),
        field=field,
        division=division,
    )
