// Maps over our own tiles: [data-map]. Layers "places" and "cells" of reporting/tiles.py, areas from a GeoJSON address.
// Words come from the legend beside the map, colours and shapes from app.css; names of data only ever become text.
"use strict";

(() => {
  const english = document.documentElement.lang === "en";
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const word = (zh, en) => (english ? en : zh);
  const maps = new Map();
  const locale = {
    "NavigationControl.ZoomIn": word("放大", "Zoom in"),
    "NavigationControl.ZoomOut": word("缩小", "Zoom out"),
    "AttributionControl.ToggleAttribution": word("显示或隐藏来源", "Toggle credits"),
    "Popup.Close": word("关闭", "Close"),
    "ScaleControl.Meters": word("米", "m"),
    "ScaleControl.Kilometers": word("千米", "km"),
    "CooperativeGesturesHandler.WindowsHelpText": word("按住 Ctrl 滚动可缩放地图", "Use Ctrl + scroll to zoom the map"),
    "CooperativeGesturesHandler.MacHelpText": word("按住 ⌘ 滚动可缩放地图", "Use ⌘ + scroll to zoom the map"),
    "CooperativeGesturesHandler.MobileHelpText": word("用两根手指移动地图", "Use two fingers to move the map"),
  };

  // ------------------------------------------------------------------ looks

  function readLegend(place) {
    const keys = document.querySelectorAll(`#${CSS.escape(place.dataset.legend)} [data-key]`);
    return Array.from(keys, (key) => {
      const style = getComputedStyle(key);
      return {
        key: key.dataset.key, look: key.dataset.look, words: key.textContent.trim(),
        fill: style.getPropertyValue("--fill").trim(), edge: style.getPropertyValue("--on-tint").trim(),
        shape: style.getPropertyValue("--shape").trim().replaceAll('"', ""),
      };
    });
  }

  const paths = {
    "●": (pen) => pen.arc(16, 16, 10, 0, 2 * Math.PI),
    "◆": (pen) => [[16, 4], [28, 16], [16, 28], [4, 16]].forEach(([x, y]) => pen.lineTo(x, y)),
    "▲": (pen) => [[16, 4], [28, 27], [4, 27]].forEach(([x, y]) => pen.lineTo(x, y)),
    "△": (pen) => [[16, 4], [28, 27], [4, 27]].forEach(([x, y]) => pen.lineTo(x, y)),
    "□": (pen) => pen.rect(6, 6, 20, 20),
    "×": (pen) => { pen.moveTo(7, 7); pen.lineTo(25, 25); pen.moveTo(25, 7); pen.lineTo(7, 25); },
    "※": (pen) => { pen.moveTo(16, 3); pen.lineTo(16, 29); pen.moveTo(3, 16); pen.lineTo(29, 16); },
    "·": (pen) => pen.arc(16, 16, 5, 0, 2 * Math.PI),
  };

  function icon(row) {
    const pen = Object.assign(document.createElement("canvas"), { width: 32, height: 32 }).getContext("2d");
    pen.beginPath();
    (paths[row.shape] || paths["●"])(pen);
    pen.closePath();
    pen.fillStyle = row.fill;
    pen.fill();
    pen.lineWidth = row.shape === "×" || row.shape === "※" ? 4 : 2.5;
    pen.strokeStyle = row.edge;
    pen.stroke();
    return pen.getImageData(0, 0, 32, 32);
  }

  const match = (property, legend, value, other) =>
    legend.length ? ["match", ["get", property], ...legend.flatMap((row) => [row.key, value(row)]), other] : other;

  // ------------------------------------------------------------------ style

  function sources(place) {
    const made = {};
    const whole = (address) => new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
    if (place.dataset.baseMap) {
      made.base = { type: "raster", tiles: [whole(place.dataset.baseMap)], tileSize: 256, attribution: place.dataset.credit || "" };
    }
    if (place.dataset.areas) made.areas = { type: "geojson", data: whole(place.dataset.areas) };
    if (place.dataset.tiles) made.tiles = { type: "vector", tiles: [whole(place.dataset.tiles)], maxzoom: 18 };
    return made;
  }

  function areaLayers(legend) {
    return [
      { id: "area-fill", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": match("verdict", legend, (row) => row.fill, "#e9ecee"), "fill-opacity": 0.32 } },
      { id: "area-edge", type: "line", source: "areas", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "line-color": "#55646d", "line-width": 1 } },
    ];
  }

  function pointLayer(id, source, property, legend, more) {
    return {
      id, type: "symbol", source, ...more,
      layout: {
        "icon-image": match(property, legend, (row) => `look-${row.look}`, "look-other"), "icon-allow-overlap": true,
        "icon-size": source === "areas" ? 0.6 : ["interpolate", ["linear"], ["zoom"], 11, 0.22, 15, 0.42, 18, 0.7],
      },
    };
  }

  function cellLayer(good) {
    const share = ["/", ["coalesce", ["get", good || ""], 0], ["max", ["get", "count"], 1]];
    return {
      id: "cells", type: "circle", source: "tiles", "source-layer": "cells",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, 2, 10, 4, 60, 9],
        "circle-color": good ? ["interpolate", ["linear"], share, 0, "#d1603d", 0.6, "#f0d58a", 1, "#1f6f78"] : "#1f5f7a",
        "circle-stroke-color": "#22313a", "circle-stroke-width": 0.4, "circle-opacity": 0.9,
      },
    };
  }

  function styleOf(place, legend) {
    const made = sources(place);
    const layers = [{ id: "ground", type: "background", paint: { "background-color": "#eef2f3" } }];
    if (made.base) layers.push({ id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.7, "raster-opacity": 0.7 } });
    if (made.areas) layers.push(...areaLayers(legend));
    if (made.tiles) layers.push(cellLayer(place.dataset.good), pointLayer("places", "tiles", "category", legend, { "source-layer": "places" }));
    if (made.areas) layers.push(pointLayer("area-points", "areas", "verdict", legend, { filter: ["==", ["geometry-type"], "Point"] }));
    return { version: 8, sources: made, layers };
  }

  // ----------------------------------------------------------------- popups

  function line(parent, tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function localAddress(address) {
    const url = new URL(address, location.href);
    return url.origin === location.origin && url.protocol.startsWith("http") ? url.href : null;
  }

  function about(feature, place, legend) {
    const box = document.createElement("div");
    const of = feature.properties;
    const named = (key) => legend.find((row) => row.key === key)?.words || key;
    if (feature.layer.id === "cells") {
      line(box, "strong", word(`${of.count} 个处所`, `${of.count} premises`));
      const list = line(box, "ul", "");
      list.className = "plain";
      for (const row of legend) if (of[row.key]) line(list, "li", `${row.words} ${of[row.key]}`);
      return box;
    }
    const heading = line(box, "strong", of.name || of.id || of.code || "");
    line(box, "div", named(of.verdict || of.category));
    const wanted = of.url || (place.dataset.place && of.id && place.dataset.place.replace("__id__", encodeURIComponent(of.id)));
    const address = wanted && localAddress(wanted);
    if (address) {
      const link = line(box, "a", word("查看", "Open"));
      link.href = address;
      link.setAttribute("aria-label", `${word("查看", "Open")} ${heading.textContent}`);
    }
    return box;
  }

  function tell(map, content, at, focus) {
    map.guangchengPopup?.remove();
    map.guangchengPopup = new maplibregl.Popup({ maxWidth: "18rem", focusAfterOpen: focus }).setLngLat(at).setDOMContent(content).addTo(map);
    const place = document.getElementById("said");
    if (place) place.textContent = content.textContent;
  }

  function look(map, place, legend, point, at, focus) {
    const layers = ["area-points", "places", "cells", "area-fill"].filter((id) => map.getLayer(id));
    const near = [[point.x - 8, point.y - 8], [point.x + 8, point.y + 8]];
    const [feature] = map.queryRenderedFeatures(near, { layers });
    if (feature) tell(map, about(feature, place, legend), at, focus);
    else if (focus) tell(map, Object.assign(document.createElement("div"), { textContent: word("这里没有内容", "Nothing is here") }), at, false);
  }

  // ------------------------------------------------------------------- maps

  function failed(place) {
    place.replaceChildren();
    const note = line(place, "p", word("此浏览器不能显示地图；表格里有同样的内容。", "This browser cannot show the map; the table says the same."));
    note.className = "failed";
    place.dataset.state = "failed";
  }

  function start(place) {
    if (place.dataset.state) return;
    place.dataset.state = "starting";
    const legend = readLegend(place);
    maplibregl.setWorkerUrl(new URL(place.dataset.worker, location.href).href);
    const [west, south, east, north] = place.dataset.bounds.split(",").map(Number);
    let map;
    try {
      map = new maplibregl.Map({
        container: place, style: styleOf(place, legend), bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24 },
        locale: { ...locale, "Map.Title": place.dataset.label }, cooperativeGestures: true, dragRotate: false, pitchWithRotate: false,
        touchPitch: false, maxZoom: 19, fadeDuration: calm ? 0 : 200, attributionControl: place.dataset.credit ? { compact: true } : false,
      });
    } catch (error) {
      // no WebGL on this machine: the table stays
      console.warn(error);
      failed(place);
      return;
    }
    maps.set(place.id, map);
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 110 }));
    for (const row of legend) if (!map.hasImage(`look-${row.look}`)) map.addImage(`look-${row.look}`, icon(row));
    map.addImage("look-other", icon({ shape: "·", fill: "#cbd2d6", edge: "#55646d" }));
    map.on("click", (event) => look(map, place, legend, event.point, event.lngLat, false));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") look(map, place, legend, map.project(map.getCenter()), map.getCenter(), true);
      if (event.key === "Escape") map.guangchengPopup?.remove();
    });
    map.once("idle", () => { place.dataset.state = "ready"; });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    const map = button && maps.get(button.dataset.show);
    if (!map) return;
    const at = [Number(button.dataset.lon), Number(button.dataset.lat)];
    map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 13), duration: calm ? 0 : 600 });
    tell(map, Object.assign(document.createElement("strong"), { textContent: button.dataset.name }), at, false);
    map.getContainer().scrollIntoView({ block: "nearest" });
  });

  function startAll(root) {
    for (const place of root.querySelectorAll("[data-map]")) start(place);
  }

  startAll(document);
  document.addEventListener("htmx:load", (event) => startAll(event.detail.elt));
})();
