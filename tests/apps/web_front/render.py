"""Print the sample page of all parts, made by the real templates: ``python -m tests.apps.web_front.render LANG``."""

import os
import sys
from pathlib import Path
from typing import Any

AREAS = (
    ("pass", "达标", "南山街道"),
    ("pass_with_remark", "达标（参考值未达）", "北湖镇"),
    ("fail", "未达标", "<script>alert(1)</script>"),
    ("no_data", "数据不足", "东坡镇"),
)


def context(lang: str) -> dict[str, Any]:
    """Made-up values for every part."""
    from django.core.paginator import Paginator
    from django.test import RequestFactory

    from guangcheng.apps.web.menu import Shown
    from guangcheng.base.text import Text
    from guangcheng.reporting.words import VERDICTS

    rows = [
        {
            "name": name,
            "verdict": key,
            "word": Text(word, key),
            "address": "/a/",
            "lon": 113.0 + 0.02 * step,
            "lat": 23.7,
        }
        for step, (key, word, name) in enumerate(AREAS)
    ]
    paths = ("/", "/areas/", "/targets/", "/submissions/", "/acceptance/")
    words = (
        Text("总览", "Overview"),
        Text("区域", "Areas"),
        Text("目标与任务", "Targets and tasks"),
        Text("月报报送", "Submissions"),
        Text("验收", "Acceptance"),
    )
    return {
        "lang": lang,
        "request": RequestFactory().get("/", {"sort": "-share"}),
        "city": {"name": "清城"},
        "menu": [
            Shown(text, path, path == "/", Text("测算", "Measure")) for text, path in zip(words, paths, strict=True)
        ],
        "steps": [(Text("总览", "Overview"), "/"), (Text("南山街道", "Nanshan"), "")],
        "rows": rows,
        "legend": [{"key": key.value, "look": key.value, "words": text} for key, text in VERDICTS.items()],
        "chart": {
            "kind": "line",
            "unit": "%",
            "columns": ["月份", "阶段目标", "实际"],
            "rows": [["2026-01", 80, 78.5], ["2026-02", 84, 83.1], ["2026-03", 88, None]],
            "looks": [],
        },
        "stack": {
            "kind": "stack",
            "unit": "",
            "columns": ["级别", "达标", "未达标"],
            "rows": [["街镇", 6, 2], ["行政村", 41, 9]],
            "looks": ["pass", "fail"],
        },
        "events": [
            {
                "words": Text("提交申请", "Applied"),
                "at": "2026-03-02 09:10",
                "who": "南山街道",
                "receipt": (17, "9f" * 32),
            },
            {"words": Text("区局审核", "Review"), "state": "now"},
            {"words": Text("公示", "Public notice"), "state": "coming"},
        ],
        "kinds": [("a", Text("光纤", "fibre")), ("b", Text("无线", "radio"))],
        "error": Text("应为整数，得到“两百”", "must be a whole number, found “两百”"),
        "pages": Paginator(range(230), 50).page(2),
    }


PAGE = Path(__file__).with_name("parts.html")


def main(lang: str) -> None:
    """Print the page."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "guangcheng.apps.web.settings"
    os.environ.pop("GUANGCHENG_CITY", None)
    import django

    django.setup()
    from django.template import Engine

    from guangcheng.apps.web.templatetags.words import CURRENT

    CURRENT.set("en" if lang == "en" else "zh")
    values = context(lang)
    request = values.pop("request")
    # without the product's context processors: they open a city
    template = Engine.get_default().from_string(PAGE.read_text(encoding="utf-8"))
    from django.template.context import Context

    bound = Context(values)
    bound.request = request  # type: ignore[attr-defined]
    bound["messages"] = [_Message("success", "已保存")]
    sys.stdout.write(template.render(bound))


class _Message(str):
    """A message as Django's: text with a level."""

    level_tag: str

    def __new__(cls, level: str, text: str) -> "_Message":
        made = super().__new__(cls, text)
        made.level_tag = level
        return made


if __name__ == "__main__":
    main(sys.argv[1])
