"""What the public sees of personal data (Personal Information Protection Law, art. 25). Masking never fails."""

import re

_STREET_END = re.compile(r"^(.*?(?:街道|大街|镇|乡|路|街|巷|村))")
_COMPOUND = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|长孙|宇文|司徒|令狐|轩辕|夏侯|闻人|澹台|端木|南宫|西门"
)

# What a shop, a workshop or a farm is called by in the end; a person is not.
_TRADE = re.compile(r"(?:店|行|厂|场|坊|部|社|庄|铺|摊|馆|园|屋|站|吧|堂|楼|家|合作社|中心|工作室|门市)$")
_HAN = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003134f]+")
SHORTEST_TRADE_NAME = 5  # characters; what is shorter may be a person with a compound surname


def is_trade_name(name: str) -> bool:
    """Whether a sole trader's registered name is that of a business, not of the person.

    A sole trader registers under a trade name or under the person's own (ADR 0010). In doubt it is a person: up to four
    Han characters, parts joined by dots that do not end as a business does, anything in other letters.
    """
    parts = re.split(r"[·•・]", name.strip())
    if not all(_HAN.fullmatch(re.sub(r"[（）()0-9]", "", part)) for part in parts):
        return False
    long_enough = sum(map(len, parts)) >= SHORTEST_TRADE_NAME
    return long_enough and (len(parts) == 1 or bool(_TRADE.search(parts[-1])))


def mask_trader_name(name: str) -> str:
    """A trade name as it stands on the certificate; a personal name masked."""
    return name.strip() if is_trade_name(name) else mask_person_name(name)


def mask_person_name(name: str) -> str:
    """张三丰 -> 张*; 欧阳明 -> 欧阳*; a foreign name keeps the first letter of each part."""
    name = name.strip()
    if not name:
        return ""
    if name.isascii():
        return " ".join(f"{part[0]}*" for part in name.split())
    return (name[:2] if _COMPOUND.match(name) and len(name) > 2 else name[0]) + "*"


def mask_resident_id(value: str) -> str:
    """522201199001010019 -> 522***********0019 (first three, last four)."""
    value = value.strip()
    return f"{value[:3]}***********{value[-4:]}" if len(value) == 18 else "*" * len(value)


def mask_address(value: str) -> str:
    """Down to the street or township: 碧江区灯塔街道东太大道12号 -> 碧江区灯塔街道***."""
    value = value.strip()
    found = _STREET_END.match(value)
    kept = found.group(1) if found else value[: len(value) // 2]
    return f"{kept}***" if len(kept) < len(value) else value
