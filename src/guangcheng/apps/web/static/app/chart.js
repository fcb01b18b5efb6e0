// Draws the charts of a page (templates/parts/chart.html) with ECharts; the figures are in the table below each.
(() => {
  "use strict";
  const INKS = ["#1f5f7a", "#d1603d", "#86bcb6", "#b9a7c9", "#e39b6d", "#6f540a"];
  const fills = new Map();
  const fillOf = (look) => {
    if (!fills.has(look)) {
      const probe = document.createElement("span");
      probe.className = `look-${look}`;
      probe.hidden = true;
      document.body.append(probe);
      fills.set(look, getComputedStyle(probe).getPropertyValue("--fill").trim());
      probe.remove();
    }
    return fills.get(look);
  };
  const SYMBOLS = ["circle", "triangle", "diamond", "rect", "arrow", "pin"];

  const optionOf = (chart, still) => {
    const names = chart.columns.slice(1);
    const labels = chart.rows.map((row) => String(row[0]));
    const bars = chart.kind !== "line";
    const across = bars && labels.length > 8;
    const labelAxis = { type: "category", data: labels, inverse: across, axisTick: { show: false }, axisLabel: { hideOverlap: true } };
    const valueAxis = { type: "value", name: chart.unit ?? "", splitLine: { lineStyle: { color: "#e3e9ec" } } };
    return {
      animation: !still,
      color: INKS,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: "#22313a" },
      aria: { enabled: false, decal: { show: names.length > 1 } },
      grid: { left: 8, right: 24, top: names.length > 1 ? 40 : 28, bottom: 8, containLabel: true },
      legend: { show: names.length > 1, top: 0, left: 0 },
      // HTML in a tooltip would carry inline styles, which the page's security policy forbids
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: bars ? "shadow" : "line" } },
      xAxis: across ? valueAxis : labelAxis,
      yAxis: across ? labelAxis : valueAxis,
      series: names.map((name, index) => {
        const look = chart.looks?.[index];
        const own = look ? { itemStyle: { color: fillOf(look) } } : {};
        const shape = bars ? { barMaxWidth: 36, stack: chart.kind === "stack" ? "all" : undefined } : { symbol: SYMBOLS[index % SYMBOLS.length], symbolSize: 8, connectNulls: false };
        return { name, type: bars ? "bar" : "line", data: chart.rows.map((row) => row[index + 1]), ...own, ...shape };
      }),
    };
  };

  const begin = () => {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const canvas of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
      const data = document.getElementById(canvas.dataset.chart);
      if (!data) continue;
      canvas.dataset.drawn = "yes";
      const drawing = echarts.init(canvas, null, { renderer: "canvas" });
      drawing.setOption(optionOf(JSON.parse(data.textContent), still));
      new ResizeObserver(() => drawing.resize()).observe(canvas);
      window.addEventListener("beforeprint", () => drawing.resize());
    }
  };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSettle", begin);
})();
