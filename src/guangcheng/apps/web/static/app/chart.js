// Charts of the table that stands beside them: [data-chart] names the JSON element with columns, rows, kind and looks.
"use strict";

(() => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
  const symbols = ["circle", "rect", "diamond", "triangle"];
  const plain = [token("--accent"), token("--edge"), "#a35b1b", "#5b4472"];

  function fill(look) {
    const probe = document.createElement("span");
    probe.className = `look-${look}`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).getPropertyValue("--fill").trim();
    probe.remove();
    return colour;
  }

  function series(data, name, index) {
    const look = (data.looks || [])[index];
    const colour = (look && fill(look)) || plain[index % plain.length];
    const values = data.rows.map((row) => row[index + 1]);
    if (data.kind === "line") {
      return {
        name, type: "line", data: values, color: colour, symbol: symbols[index % 4], symbolSize: 7, connectNulls: false,
        lineStyle: { width: 2.5, type: dashes[index % dashes.length] },
      };
    }
    return {
      name, type: "bar", data: values, color: colour, barMaxWidth: 32, stack: data.kind === "stack" ? "all" : undefined,
      itemStyle: { borderColor: "#fff", borderWidth: data.kind === "stack" ? 1 : 0, borderRadius: data.kind === "stack" ? 0 : [3, 3, 0, 0] },
    };
  }

  function option(data) {
    const text = { color: token("--ink"), fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily };
    const names = data.columns.slice(1);
    return {
      animation: !calm,
      textStyle: text,
      aria: { enabled: true, label: { enabled: false }, decal: { show: data.kind === "stack" } },
      grid: { left: 8, right: 16, top: names.length > 1 ? 40 : 16, bottom: 4, containLabel: true },
      legend: { show: names.length > 1, top: 0, left: 0, itemGap: 18, textStyle: text },
      // drawn on the canvas: an HTML tooltip would need inline styles, which the page's policy forbids
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: text, axisPointer: { type: data.kind === "line" ? "line" : "shadow" } },
      xAxis: {
        type: "category", data: data.rows.map((row) => row[0]), axisTick: { show: false },
        axisLine: { lineStyle: { color: token("--edge") } }, axisLabel: { color: token("--muted"), hideOverlap: true },
      },
      yAxis: { type: "value", scale: data.kind === "line", splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { color: token("--muted") } },
      series: names.map((name, index) => series(data, name, index)),
    };
  }

  function draw(place) {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(option(data));
    new ResizeObserver(() => chart.resize({ animation: { duration: 0 } })).observe(place);
  }

  function drawAll(root) {
    for (const place of root.querySelectorAll("[data-chart]")) draw(place);
  }

  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
