"""Make `terrain.csv`: diffraction over profiles by pycraf (ITU-R P.452, whose Bullington part is that of P.526).

    python -m venv v && v/bin/pip install pycraf==2.1.0
    v/bin/python make_terrain.py > terrain.csv

Paths are short, so the smooth earth adds nothing and the loss of half of the time is Bullington's; ΔN is chosen so
that the effective earth radius is 8,500 km.
"""

import csv
import sys

import numpy as np

PATHS = 240
DELTA_N = 157 - 157 * 6371 / 8500


def main() -> None:
    """Write the file to standard output."""
    from astropy import units as u  # type: ignore[import-not-found]
    from pycraf import pathprof  # type: ignore[import-not-found]

    rng = np.random.default_rng(526)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["ghz", "metres", "bs_m", "ut_m", "heights", "loss_db", "by"])
    for _ in range(PATHS):
        n = int(rng.integers(12, 60))
        metres = float(n * rng.integers(20, 80))
        rough = rng.choice([3.0, 15.0, 60.0, 150.0])
        heights = np.round(200 + rough * np.convolve(rng.standard_normal(n + 5), np.ones(5) / 5, "valid"), 0)
        ghz, bs, ut = round(float(rng.uniform(0.7, 6.0)), 2), float(rng.integers(10, 60)), 1.5
        path = pathprof.PathProp(
            ghz * u.GHz, 290 * u.K, 1013 * u.hPa, 0 * u.deg, 0 * u.deg, 0 * u.deg, (metres / 111e3) * u.deg,
            bs * u.m, ut * u.m, metres / n * u.m, 50 * u.percent,
            delta_N=DELTA_N / u.km, N0=325 * u.one,
            hprof_dists=np.linspace(0, metres / 1000, n + 1) * u.km, hprof_heights=heights * u.m,
            hprof_bearing=0 * u.deg, hprof_backbearing=180 * u.deg,
        )  # fmt: skip
        loss = pathprof.loss_diffraction(path)[0].to_value(u.dB)
        text = " ".join(f"{height:.0f}" for height in heights)
        writer.writerow([ghz, metres, bs, ut, text, f"{float(np.ravel(loss)[0]):.6f}", "pycraf 2.1.0"])


if __name__ == "__main__":
    main()
