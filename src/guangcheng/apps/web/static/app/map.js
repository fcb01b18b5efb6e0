// Draws the maps of a page (templates/parts/map.html) with MapLibre over our own vector tiles. No base map is needed.
//
// data-tiles: address of MVT tiles with the layers "places" (id, category) or "cells" (count and one number per
// category); data-areas: address of GeoJSON whose features have code, name, verdict, word and address.
// Colours and shapes come from the legend, so map, legend and table cannot disagree.
(() => {
  "use strict";
  const { say, announce } = window.guangcheng;
  const SIZE = 24;

  const legendOf = (element) => {
    const looks = new Map();
    const keys = document.getElementById(element.dataset.legend)?.querySelectorAll("[data-key]") ?? [];
    for (const key of keys) {
      const style = getComputedStyle(key);
      looks.set(key.dataset.key, {
        look: key.dataset.look,
        words: key.textContent.trim(),
        fill: style.getPropertyValue("--fill").trim() || "#55646d",
        shape: style.getPropertyValue("--shape").trim().replaceAll('"', ""),
      });
    }
    return looks;
  };

  const SHAPES = {
    "▲": (pen) => pen.polygon([[12, 4], [21, 20], [3, 20]]),
    "△": (pen) => pen.polygon([[12, 4], [21, 20], [3, 20]]),
    "◆": (pen) => pen.polygon([[12, 3], [21, 12], [12, 21], [3, 12]]),
    "□": (pen) => pen.polygon([[5, 5], [19, 5], [19, 19], [5, 19]]),
    "×": (pen) => pen.polygon([[5, 5], [19, 5], [19, 19], [5, 19]]),
  };
  const icon = (fill, shape) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE;
    const context = canvas.getContext("2d");
    const polygon = (points) => {
      context.beginPath();
      points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
    };
    if (SHAPES[shape]) SHAPES[shape]({ polygon });
    else {
      context.beginPath();
      context.arc(SIZE / 2, SIZE / 2, 8, 0, 2 * Math.PI);
    }
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = "#ffffff";
    context.stroke();
    return context.getImageData(0, 0, SIZE, SIZE);
  };
  // verdicts that ask for action are hatched, so that they are told apart without colour
  const hatch = (fill, falling) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 12;
    const context = canvas.getContext("2d");
    context.fillStyle = fill;
    context.fillRect(0, 0, 12, 12);
    context.strokeStyle = "rgba(255,255,255,0.75)";
    context.lineWidth = 2;
    for (const start of [-12, 0, 12]) {
      context.beginPath();
      context.moveTo(start, falling ? 0 : 12);
      context.lineTo(start + 12, falling ? 12 : 0);
      context.stroke();
    }
    return context.getImageData(0, 0, 12, 12);
  };
  const HATCHED = { fail: false, missed: false, behind: true, no_data: true };

  const match = (property, looks, value, other) => {
    const rows = [...looks].flatMap(([key, look]) => [key, value(key, look)]);
    return rows.length ? ["match", ["get", property], ...rows, other] : other;
  };

  const addAreas = (map, element, looks) => {
    map.addSource("areas", { type: "geojson", data: new URL(element.dataset.areas, location.href).href });
    const plain = match("verdict", looks, (key, look) => look.fill, "#e9ecee");
    map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": plain, "fill-opacity": 0.72 } });
    for (const [key, look] of looks) {
      if (!(look.look in HATCHED)) continue;
      map.addImage(`hatch-${key}`, hatch(look.fill, HATCHED[look.look]), { pixelRatio: 2 });
      map.addLayer({
        id: `hatch-${key}`,
        type: "fill",
        source: "areas",
        filter: ["==", ["get", "verdict"], key],
        paint: { "fill-pattern": `hatch-${key}`, "fill-opacity": 0.8 },
      });
    }
    map.addLayer({ id: "edges", type: "line", source: "areas", paint: { "line-color": "#ffffff", "line-width": 1.5 } });
    map.addLayer({
      id: "points",
      type: "circle",
      source: "areas",
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 8, "circle-color": plain, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 },
    });
  };

  const addTiles = (map, element, looks) => {
    const address = location.origin + element.dataset.tiles;
    map.addSource("tiles", { type: "vector", tiles: [address], minzoom: 0, maxzoom: 18 });
    if (element.dataset.good) {
      const share = ["/", ["coalesce", ["get", element.dataset.good], 0], ["get", "count"]];
      map.addLayer({
        id: "cells",
        type: "circle",
        source: "tiles",
        "source-layer": "cells",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 2, 2, 5, 4, 10],
          "circle-color": ["interpolate", ["linear"], share, 0, "#d1603d", 0.6, "#f0d58a", 1, "#1f6f78"],
          "circle-opacity": 0.85,
        },
      });
    }
    for (const [key, look] of looks) map.addImage(`place-${key}`, icon(look.fill, look.shape), { pixelRatio: 2 });
    map.addLayer({
      id: "places",
      type: "symbol",
      source: "tiles",
      "source-layer": "places",
      layout: {
        "icon-image": match("category", looks, (key) => `place-${key}`, ""),
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.6, 16, 1.2],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    });
  };

  const LAYERS = ["places", "cells", "points", "areas"];
  const told = (element, looks, feature) => {
    const box = document.createElement("div");
    const line = (words, tag = "div") => {
      const part = document.createElement(tag);
      part.textContent = words;
      box.append(part);
      return part;
    };
    const link = (address, words) => {
      const part = line("", "div").appendChild(document.createElement("a"));
      part.href = address;
      part.textContent = words;
    };
    const values = feature.properties;
    if (values.count !== undefined) {
      line(say(`${values.count} 处`, `${values.count} premises`), "strong");
      for (const [key, look] of looks) if (values[key]) line(`${look.words}：${values[key]}`);
      return box;
    }
    line(String(values.name ?? values.id ?? ""), "strong");
    const look = looks.get(values.verdict ?? values.category);
    if (values.word ?? look?.words) line(values.word ?? look.words);
    const address = values.address ?? element.dataset.place?.replace("__id__", encodeURIComponent(values.id));
    if (address?.startsWith("/")) link(address, say("打开", "Open"));
    return box;
  };

  const draw = (element) => {
    const looks = legendOf(element);
    const [west, south, east, north] = element.dataset.bounds.split(",").map(Number);
    const sources = {};
    const layers = [{ id: "ground", type: "background", paint: { "background-color": "#eef2f3" } }];
    if (element.dataset.baseMap) {
      sources.base = { type: "raster", tiles: [element.dataset.baseMap], tileSize: 256, attribution: element.dataset.credit ?? "" };
      layers.push({ id: "base", type: "raster", source: "base" });
    }
    const map = new maplibregl.Map({
      container: element,
      style: { version: 8, sources, layers },
      bounds: [[west, south], [east, north]],
      fitBoundsOptions: { padding: 24 },
      attributionControl: element.dataset.credit ? { compact: true } : false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      locale: say({ "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小", "Map.Title": "地图", "Popup.Close": "关闭" }, {}),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
    map.addControl(new maplibregl.ScaleControl({ unit: "metric" }));
    const canvas = map.getCanvas();
    canvas.setAttribute("aria-label", element.dataset.label);
    let popup = null;
    const open = (features, where) => {
      const feature = features[0];
      if (!feature) return false;
      popup?.remove();
      const box = told(element, looks, feature);
      popup = new maplibregl.Popup({ maxWidth: "20rem" }).setLngLat(where).setDOMContent(box).addTo(map);
      announce(box.textContent);
      return true;
    };
    const drawn = () => LAYERS.filter((layer) => map.getLayer(layer));
    const around = ({ x, y }, reach) => map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: drawn() });
    map.on("load", () => {
      if (element.dataset.areas) addAreas(map, element, looks);
      if (element.dataset.tiles) addTiles(map, element, looks);
      element.dataset.ready = "yes";
    });
    map.on("click", (event) => open(around(event.point, 4), event.lngLat));
    map.on("mousemove", (event) => {
      canvas.style.cursor = around(event.point, 2).length ? "pointer" : "";
    });
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const middle = map.getCenter();
      if (!open(around(map.project(middle), 16), middle)) announce(say("地图中央没有东西", "nothing at the centre of the map"));
    });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.show = (lon, lat, name) => {
      map[still ? "jumpTo" : "flyTo"]({ center: [lon, lat], zoom: Math.max(map.getZoom(), 13) });
      canvas.focus();
      announce(name);
    };
    element.map = map;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (!button) return;
    const element = document.getElementById(button.dataset.show);
    element?.show?.(Number(button.dataset.lon), Number(button.dataset.lat), button.dataset.name);
    element?.scrollIntoView({ block: "nearest" });
  });

  const begin = () => {
    for (const element of document.querySelectorAll("[data-map]:not([data-drawn])")) {
      element.dataset.drawn = "yes";
      try {
        maplibregl.setWorkerUrl(element.dataset.worker);
        draw(element);
      } catch (fault) {
        const words = document.createElement("p");
        words.className = "failed";
        words.textContent = say("这台电脑画不出地图（没有 WebGL），请看表格。", "This computer cannot draw the map (no WebGL): see the table.");
        element.replaceChildren(words);
        console.warn(fault);
      }
    }
  };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:afterSettle", begin);
})();
