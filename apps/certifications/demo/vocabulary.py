"""Words from which the demo makes names, scopes and products; the codes that go with a trade."""

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from pathlib import Path

from apps.core.grams import fold_names, vector_literal

DIVISIONS = Path(__file__).resolve().parents[2] / "parties" / "data" / "divisions.csv"
_NATIONS = (
    "土家|苗|侗|布依|仡佬|水|彝|回|瑶|壮|满|蒙古|藏|羌|畲|黎|白|哈尼|傣|傈僳|佤|拉祜|纳西|景颇|独龙|怒|普米|布朗|"
    "土|撒拉|东乡|保安|裕固|哈萨克|锡伯|塔吉克|达斡尔|鄂温克|鄂伦春|朝鲜|毛南|仫佬|柯尔克孜|维吾尔|京|各"
)
_ENDING = re.compile(rf"(?:(?:{_NATIONS})族)*(?:自治县|自治旗|县|区|市|旗|林区|特区)$")


@dataclass(frozen=True)
class Trade:
    """A line of business: how it is called in a name, what it makes, and the sector and industry it belongs to."""

    word: str
    endings: tuple[str, ...]
    products: tuple[str, ...]
    activities: tuple[str, ...]
    iaf: str
    gb: str
    weight: int
    ccc: tuple[tuple[str, str], ...] = ()
    food: bool = False
    industrial: bool = False

    @cached_property
    def tails(self) -> list[str]:
        """Ready-made COPY cells: scope, scope_codes, products, search_text, search."""
        return [_tail(self, pair, activity) for pair in permutations(self.products, 2) for activity in self.activities]


def _tail(trade: Trade, pair: tuple[str, str], activity: str) -> str:
    goods = "、".join(pair)
    scope = f"{goods}{activity}"
    text = fold_names([scope, goods])
    codes = f'["IAF:{trade.iaf}", "GB:{trade.gb}"]'
    return "\t".join((scope, codes, goods, text.replace("\n", "\\n"), vector_literal(text)))


SOLE_TRADER = "商行"  # a sole trader counts as a person: masked in public, left out of public facts
COMPANY = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
SHOPS = ("有限公司", "有限公司", "有限责任公司", SOLE_TRADER)
FARM = ("有限公司", "农民专业合作社", "种植专业合作社", "农业发展有限公司")
GROWING = ("的种植与加工", "的种植、加工与销售", "的生产和服务")
MAKING = ("的设计、生产和服务", "的生产和销售", "的加工", "的研发与制造")
SERVING = ("服务", "的提供及相关管理活动", "的技术服务")

TRADES = (
    Trade("茶业", FARM, ("绿茶", "红茶", "白茶", "抹茶", "黑茶"), GROWING, "03", "C15", 9, food=True),
    Trade("油茶", FARM, ("油茶籽油", "油茶籽", "茶枯", "山茶油"), GROWING, "03", "C13", 5, food=True),
    Trade("食用菌", FARM, ("香菇", "黑木耳", "羊肚菌", "平菇", "金针菇"), GROWING, "01", "A01", 5, food=True),
    Trade("中药材", FARM, ("天麻", "黄精", "吴茱萸", "太子参", "铁皮石斛"), GROWING, "01", "A01", 5, food=True),
    Trade("果业", FARM, ("红香柚", "黄桃", "猕猴桃", "蜜柚", "葡萄"), GROWING, "01", "A01", 5, food=True),
    Trade("米业", FARM, ("大米", "贡米", "糯米", "粳米"), GROWING, "03", "C13", 4, food=True),
    Trade("蔬菜", FARM, ("辣椒", "番茄", "白菜", "莲花白", "萝卜"), GROWING, "01", "A01", 5, food=True),
    Trade("食品", SHOPS, ("豆腐干", "糕点", "腊肉", "酱腌菜", "速冻米面"), MAKING, "03", "C14", 9, food=True),
    Trade("酒业", COMPANY, ("酱香型白酒", "浓香型白酒", "果酒", "米酒"), MAKING, "03", "C15", 4, food=True),
    Trade("山泉水", COMPANY, ("饮用天然泉水", "包装饮用水", "苏打水", "饮料"), MAKING, "03", "C15", 4, food=True),
    Trade("牧业", FARM, ("生猪", "黄牛", "山羊", "蛋鸡"), ("的养殖", "的养殖与屠宰"), "01", "A03", 4, food=True),
    Trade("水产", FARM, ("大鲵", "鲟鱼", "草鱼", "鲢鱼"), ("的养殖", "的养殖与加工"), "01", "A04", 2, food=True),
    Trade(
        "电缆",
        COMPANY,
        ("电线组件", "橡皮绝缘电线", "聚氯乙烯绝缘电缆", "布电线"),
        MAKING,
        "19",
        "C38",
        4,
        (
            ("0101", "电线组件"),
            ("0104", "额定电压450/750V及以下橡皮绝缘电线电缆"),
            ("0105", "额定电压450/750V及以下聚氯乙烯绝缘电线电缆"),
        ),
        industrial=True,
    ),
    Trade(
        "电气",
        COMPANY,
        ("低压成套开关设备", "配电箱", "断路器", "插头插座"),
        MAKING,
        "19",
        "C38",
        5,
        (("0301", "低压成套开关设备"), ("0307", "低压元器件"), ("0201", "插头插座")),
        industrial=True,
    ),
    Trade(
        "电器",
        COMPANY,
        ("电热水器", "室内加热器", "电磁灶", "电风扇", "微波炉"),
        MAKING,
        "19",
        "C38",
        4,
        (
            ("0706", "电热水器"),
            ("0707", "室内加热器"),
            ("0711", "电磁灶"),
            ("0702", "电风扇"),
            ("0714", "微波炉"),
        ),
        industrial=True,
    ),
    Trade(
        "机电",
        COMPANY,
        ("小功率电动机", "电钻", "直流弧焊机", "电动砂轮机"),
        MAKING,
        "18",
        "C34",
        3,
        (("0401", "小功率电动机"), ("0501", "电钻"), ("0603", "直流弧焊机")),
        industrial=True,
    ),
    Trade(
        "锰业", COMPANY, ("电解金属锰", "电解二氧化锰", "锰桃", "四氧化三锰"), MAKING, "17", "C32", 3, industrial=True
    ),
    Trade(
        "新材料",
        COMPANY,
        ("锂电池正极材料", "硫酸锰", "磷酸铁锂", "导电剂"),
        MAKING,
        "12",
        "C26",
        4,
        industrial=True,
    ),
    Trade(
        "建材", COMPANY, ("水泥", "商品混凝土", "加气混凝土砌块", "砂石骨料"), MAKING, "16", "C30", 6, industrial=True
    ),
    Trade("塑业", COMPANY, ("聚乙烯管材", "塑料编织袋", "食品包装膜", "管件"), MAKING, "14", "C29", 4, industrial=True),
    Trade("门窗", COMPANY, ("铝合金门窗", "塑钢窗", "防火门", "幕墙"), MAKING, "17", "C33", 4, industrial=True),
    Trade("家具", COMPANY, ("木制家具", "课桌椅", "办公家具", "橱柜"), MAKING, "23", "C21", 3, industrial=True),
    Trade("箫笛乐器", COMPANY, ("洞箫", "竹笛", "葫芦丝", "工艺箫"), MAKING, "23", "C24", 1),
    Trade("朱砂工艺", COMPANY, ("朱砂饰品", "朱砂印泥", "朱砂摆件", "工艺品"), MAKING, "23", "C24", 1),
    Trade("服饰", COMPANY, ("工作服", "校服", "民族服装", "防护服"), MAKING, "04", "C18", 3),
    Trade("印务", COMPANY, ("包装装潢印刷品", "纸箱", "标签", "彩盒"), MAKING, "09", "C23", 2),
    Trade("医药", COMPANY, ("中药饮片", "医用口罩", "消毒液", "医用敷料"), MAKING, "13", "C27", 2),
    Trade(
        "环保科技",
        COMPANY,
        ("污水处理设备", "垃圾处理", "环境监测", "水处理药剂"),
        MAKING,
        "18",
        "C35",
        4,
        industrial=True,
    ),
    Trade(
        "建设工程",
        COMPANY,
        ("房屋建筑工程", "市政公用工程", "公路工程", "装饰装修"),
        ("施工", "总承包施工"),
        "28",
        "E47",
        12,
    ),
    Trade(
        "水利水电工程",
        COMPANY,
        ("水利水电工程", "堤防工程", "机电安装", "管网工程"),
        ("施工", "施工及维护"),
        "28",
        "E48",
        4,
    ),
    Trade("信息技术", COMPANY, ("应用软件", "信息系统集成", "数据处理", "运行维护"), SERVING, "33", "I65", 8),
    Trade("物流", COMPANY, ("普通货物运输", "仓储", "冷链配送", "城市配送"), SERVING, "31", "G54", 5),
    Trade("物业服务", COMPANY, ("物业管理", "保洁", "绿化养护", "秩序维护"), SERVING, "35", "K70", 7),
    Trade("保安服务", COMPANY, ("门卫", "巡逻", "守护", "安全检查"), SERVING, "35", "L72", 3),
    Trade("商贸", SHOPS, ("办公用品", "日用百货", "建材", "五金"), ("的销售", "的销售和售后服务"), "29", "F51", 9),
    Trade("餐饮管理", COMPANY, ("团体膳食", "食堂托管", "餐饮", "食材配送"), SERVING, "30", "H62", 4),
    Trade("文化旅游", COMPANY, ("景区管理", "旅游接待", "演艺", "导游"), SERVING, "39", "R90", 3),
    Trade("检测技术", COMPANY, ("环境检测", "建设工程检测", "食品检测", "职业卫生检测"), SERVING, "34", "M74", 3),
    Trade("人力资源", COMPANY, ("劳务派遣", "人事代理", "培训", "劳务外包"), SERVING, "35", "L72", 3),
    Trade("教育科技", COMPANY, ("职业培训", "在线教育", "教学仪器", "研学"), SERVING, "37", "P83", 2),
)

FIRST = "云山梵净锦明翠黔武盛华金瑞恒宏安鑫和福嘉天德兴永诚信远大富康正丰源顺泰中新百祥民乐同众润泽合美佳东南西北长高"
SECOND = "峰江源泰达通盛兴隆昌丰茂荣辉腾翔宇海林森川溪泉阳晨旭光辰星月景和谐众联创业成功立信义仁智勇华美利益康宁福"
KIND_OF_ENDING = {"农民专业合作社": "93", "种植专业合作社": "93", SOLE_TRADER: "92"}  # first digits of the USCC


@dataclass(frozen=True)
class County:
    code: str
    short: str


def counties(prefix: str) -> list[County]:
    """The counties under a division prefix ("5206" the city, "52" the province, "" the nation), by code."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], row["name"]) for row in csv.DictReader(file) if row["level"] == "county"]
    return [County(code, short_name(name)) for code, name in sorted(rows) if code.startswith(prefix)]


def short_name(name: str) -> str:
    """碧江区 -> 碧江, 印江土家族苗族自治县 -> 印江; a name that would shrink to one character stays whole."""
    short = _ENDING.sub("", name)
    return short if len(short) > 1 else name
