"""Make `vectors.csv`: values of TR 38.901 by implementations that are not ours. Run in an environment of its own:

    python -m venv v && v/bin/pip install CRRM==2.0.2 tr3gpp==0.2.0 scipy matplotlib
    v/bin/python make_vectors.py > vectors.csv

Path loss is computed by CRRM (MIT). Probability of sight and loss into buildings are computed from the formulas that
tr3gpp (MIT) carries as LaTeX text: the text is rewritten into an expression by the general rules below and evaluated,
so no formula is typed here.
"""

import csv
import math
import re
import sys

import numpy as np

POINTS = 240
HEADS = ("quantity", "scenario", "sight", "ghz", "bs_m", "ut_m", "metres", "value", "by")


def expression(latex: str) -> str:
    """Rewrite one formula (no cases) into Python."""
    text = latex.replace("\\left", "").replace("\\right", "").replace("\\,", "").replace("\\cdot", "*").replace("&", "")
    text = re.sub(r"d_\{2D-(?:out|in)\}", "d", text)
    text = re.sub(r"L_\{(\w+)\}", r"L_\1", text).replace("C'(h_{UT})", "c").replace("h_{UT}", "h")
    text = re.sub(r"\\dfrac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\log_\{10\}", "log10", text).replace("\\exp", "exp").replace("[", "(").replace("]", ")")
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text).replace("^", "**")
    text = re.sub(r"(?<=[\d)])\s*(?=[(a-zA-Z])", "*", text)
    text = re.sub(r"\bc\s*(?=\()", "c*", text)
    return re.sub(r"log10\*\(", "log10(", re.sub(r"exp\*\(", "exp(", text)).strip()


def cases(latex: str) -> list[tuple[str, str]]:
    """Pieces (expression, condition) of a formula in cases."""
    inner = latex.split("\\begin{cases}", 1)[1].split("\\end{cases}", 1)[0]
    found = []
    for line in inner.split("\\\\"):
        value, condition = line.rsplit("&", 1)
        condition = re.sub(r"d_\{2D-(?:out|in)\}|h_\{UT\}", "x", condition).replace("\\le", "<=")
        found.append((expression(value), re.sub(r"(?<=\d)m", "", condition).strip()))
    return found


NAMES = {"exp": math.exp, "log10": math.log10}


def piecewise(pieces: list[tuple[str, str]], at: float, **values: float) -> float:
    """The value of the first piece whose condition holds."""
    for value, condition in pieces:
        if eval(condition, {"x": at}):
            return float(eval(value, {**NAMES, **values}))
    raise ValueError(at)


def path_losses(rng: np.random.Generator) -> list[list[object]]:
    """Path loss by CRRM for each scenario and sight."""
    from CRRM.InH_pathloss_model_01 import InH_pathloss  # type: ignore[import-not-found]
    from CRRM.RMa_pathloss_model_08 import RMa_pathloss  # type: ignore[import-not-found]
    from CRRM.UMa_pathloss_model_06 import UMa_pathloss  # type: ignore[import-not-found]
    from CRRM.UMi_pathloss_model_00 import UMi_pathloss  # type: ignore[import-not-found]

    rows: list[list[object]] = []
    kinds = (
        ("RMa", RMa_pathloss),
        ("UMa", UMa_pathloss),
        ("UMi-StreetCanyon", UMi_pathloss),
        ("InH-Office", InH_pathloss),
    )
    for scenario, model in kinds:
        for sight in ("LOS", "NLOS"):
            for _ in range(POINTS):
                ghz, bs, ut, ground = draw(rng, scenario, sight)
                air = math.hypot(ground, bs - ut)
                made = model(fc_GHz=ghz, LOS=sight == "LOS")
                linear = made.get_pathloss(
                    np.array([[ground]]), np.array([[air]]), np.array([[0.0, 0.0, ut]]), np.array([[ground, 0.0, bs]])
                )
                rows.append(
                    [
                        "path_loss",
                        scenario,
                        sight,
                        ghz,
                        bs,
                        ut,
                        ground,
                        10 * math.log10(float(linear[0, 0])),
                        "CRRM 2.0.2",
                    ]
                )
    return rows


def draw(rng: np.random.Generator, scenario: str, sight: str) -> tuple[float, float, float, float]:
    """A frequency, two heights and a distance inside the model's range, rounded so that the file holds them exactly."""
    ghz = round(float(np.exp(rng.uniform(np.log(0.6), np.log(29 if scenario == "RMa" else 90)))), 3)
    if scenario == "InH-Office":
        return ghz, 3.0, 1.0, round(float(rng.uniform(0.5, 149)), 2)
    far = 10_000 if (scenario, sight) == ("RMa", "LOS") else 5_000
    ground = round(float(np.exp(rng.uniform(np.log(10.1), np.log(far)))), 2)
    if scenario == "RMa":
        return ghz, round(float(rng.uniform(10, 150)), 1), round(float(rng.uniform(1, 10)), 1), ground
    return (
        ghz,
        25.0 if scenario == "UMa" else 10.0,
        round(float(rng.uniform(1.5, 12.9 if scenario == "UMa" else 22.5)), 1),
        ground,
    )


def sights(rng: np.random.Generator) -> list[list[object]]:
    """Probability of sight from the formulas of tr3gpp."""
    from tr3gpp import tr38901  # type: ignore[import-not-found]

    section = tr38901.section("7.4")
    rows: list[list[object]] = []
    for scenario, ours in (
        ("RMa", "RMa"),
        ("UMa", "UMa"),
        ("UMi-StreetCanyon", "UMi-StreetCanyon"),
        ("Indoor-MixedOffice", "InH-Office"),
    ):
        formula = section.los_probability(scenario=scenario).formula
        parts = formula.split("; \\quad")
        tall = cases(parts[1]) if len(parts) > 1 else None
        for _ in range(POINTS):
            ghz, bs, ut, metres = draw(rng, ours, "NLOS")
            if scenario == "UMa":
                ut = round(float(rng.uniform(1.5, 22.5)), 1)
            extra = {"c": piecewise(tall, ut, h=ut)} if tall else {}
            value = piecewise(cases(parts[0]), metres, d=metres, **extra)
            rows.append(["los_probability", ours, "", ghz, bs, ut, metres, value, "tr3gpp 0.2.0"])
    return rows


def walls(rng: np.random.Generator) -> list[list[object]]:
    """Loss into buildings from the formulas of tr3gpp."""
    from tr3gpp import tr38901

    loss = tr38901.section("7.4").o2i_penetration_loss
    rows: list[list[object]] = []
    for model, ours in (("Low-loss model", "low"), ("High-loss model", "high")):
        chosen = next(item for item in loss.building_models if item.model == model)
        for _ in range(POINTS):
            f, inside = round(float(rng.uniform(0.6, 60)), 3), round(float(rng.uniform(0, 25)), 2)
            known = {}
            for item in loss.materials:
                name, value = expression(item.formula).split("=")
                known[name.strip()] = float(eval(value, {**NAMES, "f": f}))
            through = eval(braces(chosen.pl_tw_formula), {**NAMES, **known})
            within = eval(expression(chosen.pl_in_formula), {**NAMES, "d": inside})
            rows.append(
                ["penetration_loss", ours, "", f, "", "", inside, float(through) + float(within), "tr3gpp 0.2.0"]
            )
    return rows


def braces(latex: str) -> str:
    """As :func:`expression`, for powers whose exponent holds a named material."""
    return expression(re.sub(r"L_\{(\w+)\}", r"L_\1", latex))


def main() -> None:
    """Write the file to standard output."""
    rng = np.random.default_rng(38901)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADS)
    for row in [*path_losses(rng), *sights(rng), *walls(rng)]:
        writer.writerow([f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row])


if __name__ == "__main__":
    main()
