"""The words of the demonstration: kinds, operators, defects and reasons, as small numbers with their vocabulary."""

from enum import IntEnum

import numpy as np

from guangcheng.apps.demo.rows import day


class Kind(IntEnum):
    """Kinds of premises the demonstration builds; ``KINDS`` gives the stored codes in this order."""

    ESTATE = 0
    DEVELOPMENT = 1
    URBAN_VILLAGE = 2
    MARKET = 3
    SCHOOL = 4
    HOSPITAL = 5
    OFFICE_BUILDING = 6
    CLINIC = 7
    SETTLEMENT = 8
    BUILDING = 9
    GOVERNMENT = 10
    INDUSTRIAL_PARK = 11
    SCENIC_AREA = 12


KINDS = tuple(kind.name.lower() for kind in Kind)
KIND_NAMES = (
    *("小区", "楼盘", "城中村", "市场", "学校", "医院", "商务楼", "卫生站", "聚居地", "楼", "机关", "园区"),
    "景区",
)
LISTED = (
    Kind.ESTATE,
    Kind.DEVELOPMENT,
    Kind.URBAN_VILLAGE,
    Kind.MARKET,
    Kind.SCHOOL,
    Kind.HOSPITAL,
    Kind.OFFICE_BUILDING,
)
"""The kinds a street is judged on (001 二(三)4)."""

OPERATORS = ("telecom", "mobile", "unicom", "cable")
TELECOM, MOBILE, UNICOM, CABLE = range(4)
TECHNOLOGIES = ("gpon", "xg-pon", "epon")
ZONES = ("urban", "rural")
URBAN, RURAL = range(2)


class Reason(IntEnum):
    """Why a premises was built to be capable or not; ``REASONS`` gives the words of ``truth.csv``."""

    OK = 0
    ON_LIMIT = 1
    EXPANSION_IN_TIME = 2
    NO_POINT = 3
    NO_ACCESS_POINT = 4
    BEYOND_LIMIT = 5
    NOT_IN_SERVICE = 6
    RETIRED = 7
    TV_ONLY = 8
    CAPACITY = 9
    NO_PORTS = 10
    EXPANSION_LATE = 11
    ORDER_LATE = 12


REASONS = tuple(reason.name.lower() for reason in Reason)
CAPABLE = (Reason.OK, Reason.ON_LIMIT, Reason.EXPANSION_IN_TIME)

SPOILS = (
    Reason.NO_ACCESS_POINT,
    Reason.TV_ONLY,
    Reason.NOT_IN_SERVICE,
    Reason.CAPACITY,
    Reason.NO_PORTS,
    Reason.EXPANSION_LATE,
    Reason.RETIRED,
)
"""Ways a place fails that may stand side by side: no one of them makes a neighbour capable."""

AS_OF = day("2018-06-30")
IN_TIME_FROM = day("2018-06-08")
"""15 working days after it end on 2018-07-02 (端午 is 2018-06-16 to 18): an open expansion is still in time."""
LATE_FROM = day("2018-06-07")
"""15 working days after it end on 2018-06-29, the day before the as-of day: an open expansion is late."""
ORDER_LATE_FROM = day("2018-06-14")
"""10 working days after it end on 2018-06-29: an order still open on the as-of day is late."""
ORDER_OLD = day("2017-05-02")
"""More than 12 months before the as-of day: such an order is no longer looked at."""

PLACE_HEADS = tuple("上下东西南北新老大小中前后里外高")
PLACE_TAILS = tuple("塘岗坑围洞埔坪坝岭田林桥湾溪坡屋")


def place_name(number: int) -> str:
    """An invented name of a natural village: 256 different ones, then numbered."""
    heads, tails = len(PLACE_HEADS), len(PLACE_TAILS)
    turn, rest = divmod(number, heads * tails)
    name = PLACE_HEADS[rest % heads] + PLACE_TAILS[(rest // heads + rest) % tails]
    return f"{name}村" if turn == 0 else f"{name}{turn + 1}村"


def is_capable(reason: int) -> int:
    """1 capable, 0 not, -1 unknown: what a reason means."""
    if reason == Reason.NO_POINT:
        return -1
    return int(reason in CAPABLE)


CAPABLE_OF_REASON = np.array([is_capable(reason) for reason in Reason], dtype=np.int8)
"""The same as a table to index with reasons."""
