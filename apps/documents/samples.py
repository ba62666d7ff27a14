"""Plainly fictional parameters for every paper (data/samples.json): for looking at the templates, and for tests."""

import json
from pathlib import Path
from typing import Any

SAMPLES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "samples.json").read_text("utf-8"))
_OBJECTS = (("生活饮用水", "水和废水"), ("玩具", "轻工产品"), ("茶叶", "食品"), ("混凝土", "建筑材料"))
_METHODS = (
    ("铅", "生活饮用水标准检验方法 第6部分：金属和类金属指标 GB/T 5750.6—2023（14.1）无火焰原子吸收分光光度法", ""),
    ("pH值", "生活饮用水标准检验方法 第4部分：感官性状和物理指标 GB/T 5750.4—2023（8.1）玻璃电极法", ""),
    ("邻苯二甲酸酯", "玩具用品中邻苯二甲酸酯的测定 气相色谱-质谱法 GB/T 22048—2022", "只测 DEHP、DBP、BBP"),
    ("抗压强度", "混凝土物理力学性能试验方法标准 GB/T 50081—2019（5）", ""),
)


def scope(rows: int) -> list[dict[str, str]]:
    """A scope of that many rows."""
    made = []
    for n in range(rows):
        (thing, category), (parameter, standard, restriction) = _OBJECTS[n // 7 % 4], _METHODS[n % 4]
        what = {"n": str(n + 1), "category": category, "object": thing, "parameter": parameter}
        how = {"standard": standard, "restriction": restriction, "site": "1号场所" if n % 3 else "2号场所"}
        made.append({**what, **how})
    return made


def sample(code: str, rows: int = 24) -> dict[str, Any]:
    """Parameters of a paper; a certificate has that many rows of scope."""
    return {**SAMPLES[code], "scope": scope(rows)} if code == "cma_certificate" else dict(SAMPLES[code])
