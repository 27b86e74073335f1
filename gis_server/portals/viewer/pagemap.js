// The map in a page of features: where they lie in the city. What the page drew itself stays until the map is there.

import { Api } from "./api.js";
import { combined } from "./mapstyle.js";
import { Words } from "./words.js";

const DARK = matchMedia("(prefers-color-scheme: dark)").matches;
const OWN = "bando-own-features";
const api = new Api(new Words("vi"), new URLSearchParams(location.search).get("key"));

for (const figure of document.querySelectorAll("figure.map[data-maplibre]")) show(figure).catch((error) => console.warn(error));

async function show(figure) {
  const { maplibre, worker, features, layer, box } = figure.dataset;
  const [gl, base, extra, found] = await Promise.all([
    import(asWritten(maplibre)), style("/styles/nen"), layer && style(`/styles/layers/${encodeURIComponent(layer)}`), features && api.json(features),
  ]);
  const wished = new Set([...base.metadata["bando:layers"].filter((id) => !base.metadata["bando:hidden"].includes(id)), layer]);
  const beside = extra && !base.metadata["bando:layers"].includes(layer) ? [extra] : [];
  gl.setWorkerUrl(asWritten(worker));
  const map = new gl.Map({
    container: canvas(figure),
    style: combined(base, beside, wished),
    bounds: box ? JSON.parse(box) : around(found.features ?? [found]),
    fitBoundsOptions: { padding: 40, maxZoom: 18 },
    attributionControl: { compact: true },
    cooperativeGestures: true,
    locale: GESTURES,
    transformRequest: api.transformRequest,
    fadeDuration: 0,
  });
  map.addControl(new gl.NavigationControl({ showCompass: false }));
  map.once("load", () => figure.querySelector("svg")?.remove());
  if (found) map.on("load", () => draw(map, found));
  map.on("idle", () => { figure.dataset.map = "idle"; });
}

/** An address as the page itself writes it, which is not beside this module. */
function asWritten(address) {
  return new URL(address, document.baseURI).href;
}

const GESTURES = {
  "CooperativeGesturesHandler.WindowsHelpText": "Giữ Ctrl và cuộn để thu phóng · Ctrl and scroll to zoom",
  "CooperativeGesturesHandler.MacHelpText": "Giữ ⌘ và cuộn để thu phóng · ⌘ and scroll to zoom",
  "CooperativeGesturesHandler.MobileHelpText": "Dùng hai ngón để di chuyển · Use two fingers to move",
  "NavigationControl.ZoomIn": "Phóng to · Zoom in",
  "NavigationControl.ZoomOut": "Thu nhỏ · Zoom out",
};

function style(path) {
  return api.json(DARK ? `${path}?scheme=dark` : path);
}

function canvas(figure) {
  const container = document.createElement("div");
  container.className = "canvas";
  figure.append(container);
  return container;
}

/** The features over the map, each a link to its own page. */
function draw(map, found) {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--mark").trim();
  map.addSource(OWN, { type: "geojson", data: found });
  map.addLayer({ id: `${OWN}-area`, type: "fill", source: OWN, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.18 } });
  map.addLayer({ id: `${OWN}-line`, type: "line", source: OWN, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": colour, "line-width": 2.5 } });
  map.addLayer({ id: `${OWN}-point`, type: "circle", source: OWN, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour, "circle-radius": 6, "circle-stroke-color": "#fff", "circle-stroke-width": 2 } });
  const shown = [`${OWN}-area`, `${OWN}-line`, `${OWN}-point`];
  map.on("mousemove", shown, () => { map.getCanvas().style.cursor = "pointer"; });
  map.on("mouseleave", shown, () => { map.getCanvas().style.cursor = ""; });
  map.on("click", shown, ({ features: [one] }) => document.querySelector(`a[href*="/items/${one.id}?"]`)?.click());
}

function around(features) {
  const places = features.flatMap(({ geometry }) => geometry?.coordinates.flat(Infinity) ?? []);
  const [xs, ys] = [places.filter((_, at) => at % 2 === 0), places.filter((_, at) => at % 2 === 1)];
  const least = (numbers) => numbers.reduce((one, other) => Math.min(one, other));
  const most = (numbers) => numbers.reduce((one, other) => Math.max(one, other));
  return [least(xs), least(ys), most(xs), most(ys)];
}
