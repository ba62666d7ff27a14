"""How typed identifiers are read: width, spaces, hyphens and case removed, look-alike letters recognised."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.core.problems import Problem

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐‑‒–—―−－_]+")
MEANT = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8", "V": "U"}
LOOK_ALIKES = {**MEANT, "0": "OQD", "1": "IL", "5": "S", "2": "Z", "8": "B", "U": "V"}


class Checked(NamedTuple):
    """A value as the portal would store it, what forbids it, and what merely looks odd."""

    value: str
    problems: list[Problem]
    warnings: list[Problem]

    @property
    def ok(self) -> bool:
        return not self.problems


def squeeze(text: str) -> str:
    """Half width, upper case, without spaces, invisible characters and hyphens of any kind."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def did_you_mean(value: str, is_valid: Callable[[str], bool]) -> str | None:
    """The one valid code that `value` may stand for; None if there is none, or more than one equally near.

    Nearest first: letters that were meant as digits (all of them, then one), then any look-alike, then two neighbours
    swapped - each also after the letters outside GB 32100 were put right.
    """
    meant = "".join(MEANT[c] if c in "IOSZV" else c for c in value)
    stages = (
        {meant, "".join(MEANT.get(c, c) for c in value)},
        _exchanged(value, MEANT),
        _exchanged(value, LOOK_ALIKES) | _exchanged(meant, LOOK_ALIKES),
        _swapped(value) | _swapped(meant),
    )
    for candidates in stages:
        found = {candidate for candidate in candidates if is_valid(candidate)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _exchanged(value: str, letters: Mapping[str, str]) -> set[str]:
    """`value` with one character exchanged for one it looks like."""
    return {
        value[:place] + other + value[place + 1 :]
        for place, character in enumerate(value)
        for other in letters.get(character, "")
    }


def _swapped(value: str) -> set[str]:
    """`value` with two neighbours swapped."""
    return {value[:i] + value[i + 1] + value[i] + value[i + 2 :] for i in range(len(value) - 1)}


def illegal_characters(value: str, alphabet: str) -> list[str]:
    """The characters of `value` outside `alphabet`, each once, with its place counted from 1: ["O(5)", …]."""
    seen: dict[str, int] = {}
    for place, character in enumerate(value, start=1):
        if character not in alphabet:
            seen.setdefault(character, place)
    return [f"{character}({place})" for character, place in seen.items()]


def remedy_with(suggestion: str | None, otherwise: str) -> str:
    """The remedy sentence, led by the suggestion if there is one."""
    return (_("您是否想输入 %(code)s？") % {"code": suggestion} + otherwise) if suggestion else otherwise
