"""Whether two texts of a scope mean the very same product, model, code or place. Pure; errs towards "near"."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from apps.core.grams import bigrams, fold


class Match(StrEnum):
    SAME = "same"
    NEAR = "near"
    CONDITIONAL = "conditional"
    OTHER = "other"


# Everyday names of one thing. Certificates are read by their words, so another name is near, never the same.
_ALIASES = (
    "马铃薯 土豆 洋芋",
    "番茄 西红柿",
    "玉米 苞谷 包谷 苞米",
    "甘薯 红薯 红苕 番薯 地瓜",
    "猕猴桃 奇异果",
    "辣椒 海椒 朝天椒",
    "茶叶 茶 绿茶 红茶 白茶 黑茶 黄茶 乌龙茶 抹茶 毛峰 毛尖 翠峰茶",
    "花生 落花生",
    "大豆 黄豆",
    "稻谷 大米 稻米 水稻",
    "菜籽油 菜油",
    "食用菌 香菇 木耳 平菇",
    "电线 导线 电缆",
    "头盔 安全帽",
    "童车 婴儿推车",
    "电动自行车 电动车 电瓶车",
    "插座 排插 延长线插座 转换器",
    "矿泉水 饮用水 山泉水",
)
_GROUPS = [frozenset(fold(name) for name in line.split()) for line in _ALIASES]
_ITEMS = re.compile(r"[、，,；;。\n／|（）()\[\]【】]+")
_ACT = (
    "(?:设计|开发|研发|种植|栽培|养殖|采集|加工|生产|制造|制作|组装|包装|分装|仓储|储存|销售|批发|零售|经营|服务"
    "|施工|安装|维护|检测)"
)
_JOIN = "(?:和|与|及|以及|、)?"
_ACTS = f"{_ACT}(?:{_JOIN}{_ACT})*"
_CONDITION = re.compile(r"除[^、，,；;。]*外|不含|不包括|除外|资质|许可|限于|仅限|部分")
_CLAUSES = re.compile(r"[；;。\n]+")
_GENERAL = re.compile(r"以上|上述|均|其中|不含|不包括|除|仅限|限于")  # a clause that bounds all the others
_EXCLUSION = re.compile(r"(?:不含|不包括|不包含)([^，,；;。）)]*)|除([^，,；;。]*?)(?:以外|之外|外)")
_EXCEPTED = re.compile(r"[（(]([^（()）]*?)除外[）)]")
_CODE = re.compile(r"(IAF|GB)[:：\s-]*([A-T]?\d{1,4}|[A-T])", re.IGNORECASE)
_WIDER = re.compile(r"系列|等|~|～|至|全系")
_LOCALITY = re.compile(r"[乡镇村路街巷园组坪寨号]|街道|大道|基地|厂区|工业区")
_UPPER = re.compile(r"(?:贵州省)?(?:铜仁市)?")
_COUNTY = re.compile(r"[^省市]*?(?:自治县|县|区)")
_BOUNDARY = "省市区县州乡镇道村路街园"


def exact(text: str) -> str:
    """A model as it is compared: width, case and blanks do not count, a dot, a dash or a cross does."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[×✕*]", "x", re.sub(r"[‐-―−]", "-", plain))
    return "".join(plain.split())


def items_of(text: str) -> list[str]:
    """The single items of an enumeration."""
    return [item.strip() for item in _ITEMS.split(text) if item.strip()]


def is_near(asked: str, text: str) -> bool:
    """One holds the other, half of the asked bigrams stand in the text, they share their kind, or an everyday name."""
    wanted, known = fold(asked), fold(text)
    if not wanted or not known:
        return True
    if wanted in known or known in wanted or _akin(wanted, known):
        return True
    grams = bigrams(wanted)
    return bool(grams) and sum(gram in known for gram in grams) * 2 >= len(grams)


def _akin(wanted: str, known: str) -> bool:
    """Names of one thing, also within a longer one; or the same kind, which Chinese puts last: 米酒, 青梅酒."""
    for group in _GROUPS:
        if any(name in wanted for name in group) and any(name in known for name in group):
            return True
    return not wanted.isascii() and not known.isascii() and wanted[-1] == known[-1]


def product_match(asked: str, text: str) -> Match:
    """A listed product: the same only if it is written the same, brackets and all items apart."""
    wanted = fold(asked)
    if not wanted:
        return Match.NEAR
    if _CONDITION.search(text):
        return Match.CONDITIONAL if wanted in fold(text) or is_near(asked, text) else Match.OTHER
    if wanted == fold(text):
        return Match.SAME
    if not re.search(r"[（(\[【]", text) and any(wanted == fold(item) for item in items_of(text)):
        return Match.SAME
    return Match.NEAR if any(is_near(asked, item) for item in [text, *items_of(text)]) else Match.OTHER


def prose_match(asked: str, text: str) -> Match:
    """Free text: the same where an item is the product, or the product and nothing but what is done with it."""
    wanted = fold(asked)
    if not wanted:
        return Match.NEAR
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    general = any(_GENERAL.match(clause.strip()) for clause in clauses)
    matches = {_clause_match(wanted, clause) for clause in clauses}
    if Match.SAME in matches:
        return Match.CONDITIONAL if general else Match.SAME
    return next((match for match in (Match.CONDITIONAL, Match.NEAR) if match in matches), Match.OTHER)


def _clause_match(wanted: str, clause: str) -> Match:
    """A condition holds for its clause: 甲的加工；乙的制造（丙除外）."""
    named = wanted in fold(clause)
    if _CONDITION.search(clause):
        return Match.CONDITIONAL if named else Match.OTHER
    whole = re.compile(rf"(?:从事)?(?:{_ACT})?{re.escape(wanted)}(?:的?{_ACTS})?")
    for item in items_of(clause):
        parts = [item, *re.split(r"和|与|及|以及", item)]
        if any(whole.fullmatch(fold(part)) for part in parts):
            return Match.SAME
    return Match.NEAR if named else Match.OTHER


def exclusion_of(asked: str, texts: Iterable[str]) -> str:
    """The text that excludes the product by name; empty if none does."""
    wanted = fold(asked)
    for text in texts:
        found = [group for groups in _EXCLUSION.findall(text) for group in groups if group] + _EXCEPTED.findall(text)
        if wanted and any(wanted == fold(item) for part in found for item in items_of(part)):
            return text
    return ""


def model_match(asked: str, names: Sequence[str], models: Sequence[str]) -> str | None:
    """The listed model that is asked for, alone or after the name of the product."""
    wanted = exact(asked)
    forms = {wanted} | {wanted.removeprefix(exact(name)) for name in names if name}
    for text in models:
        for item in re.split(r"[、，,；;\n]+", text):
            if item.strip() and not _WIDER.search(item) and exact(item) in forms:
                return item.strip()
    return None


def code_match(asked: str, codes: Sequence[str]) -> Match | None:
    """An IAF sector or an industry of GB/T 4754; None if something else was asked."""
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", asked).strip())
    if found is None:
        return None
    system, digits = found[1].upper(), found[2].upper()
    wanted = digits.zfill(2) if system == "IAF" else digits
    known = [code.partition(":")[2] for code in codes if code.upper().startswith(f"{system}:")]
    if wanted in known:
        return Match.SAME
    if not known or any(code.startswith(wanted) or wanted.startswith(code) for code in known):
        return Match.NEAR
    return Match.OTHER


def place_match(asked: str, text: str) -> Match:
    """A place: the same if it is the site's name, its address, or the address without what lies above it."""
    wanted = fold(asked)
    parts = [fold(part) for part in (text, *text.split()) if fold(part)]
    if not wanted:
        return Match.NEAR
    if any(wanted == part or _ends_with(part, wanted) or _is_prefixed(wanted, part) for part in parts):
        return Match.SAME
    return Match.NEAR if any(_place_near(wanted, part) for part in parts) else Match.OTHER


def _ends_with(address: str, wanted: str) -> bool:
    """江口县双江街道1号 is 铜仁市江口县双江街道1号; 1号 alone is not, and 双江街道 is more than number 1."""
    if not address.endswith(wanted) or len(wanted) < 5 or not _LOCALITY.search(wanted[:-1]):
        return False
    return address[-len(wanted) - 1] in _BOUNDARY if len(address) > len(wanted) else True


def _is_prefixed(wanted: str, address: str) -> bool:
    """贵州省铜仁市江口县… is the 江口县… of the certificate: only province and city stand before."""
    ours, theirs = _below_city(wanted), _below_city(address)
    return ours == theirs and _COUNTY.match(ours) is not None


def _below_city(address: str) -> str:
    return address[len(found[0]) :] if (found := _UPPER.match(address)) else address


def _place_near(wanted: str, part: str) -> bool:
    if wanted in part or part in wanted:
        return True
    ours, theirs = _county_of(wanted), _county_of(part)
    if ours and theirs and ours != theirs:
        return False
    grams = bigrams(wanted)
    return bool(grams) and sum(gram in part for gram in grams) * 2 >= len(grams)


def _county_of(address: str) -> str:
    """江口县 of 贵州省铜仁市江口县双江街道1号; empty if none is named."""
    county = _COUNTY.match(_below_city(address))
    return county[0] if county and len(county[0]) <= 12 else ""
