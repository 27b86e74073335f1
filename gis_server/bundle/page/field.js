// Opens the bundle: the map from its pages, the list of layers, and what is at a point.

import * as maplibre from "kit/maplibre-gl.mjs";
import { PagedArchive } from "kit/archive.js";
import { Card } from "kit/card.js";
import { decimalDegrees, metres } from "kit/coordinates.js";
import { Grids } from "kit/grids.js";
import { LayerList } from "kit/layers.js";
import { combined, dataLayer } from "kit/mapstyle.js";
import { Swatches } from "kit/swatch.js";
import { Words } from "kit/words.js";

const { about, addresses } = kit;
const NIGHT = matchMedia("(prefers-color-scheme: dark)");
const by = (id) => document.getElementById(id);
const words = new Words("vi");
const grids = new Grids(proj4, about.crs);
const root = document.documentElement;

maplibre.setWorkerUrl(addresses["kit/maplibre-gl-worker.mjs"]);
const archives = new pmtiles.Protocol({ metadata: true });
for (const one of about.archives) archives.add(new pmtiles.PMTiles(new PagedArchive(kit, one)));
maplibre.addProtocol("pmtiles", archives.tile);
maplibre.addProtocol("kit", async ({ url, type }) => {
  const bytes = await (await fetch(`data:;base64,${about.sprites[url.slice("kit://".length)]}`)).arrayBuffer();
  return { data: type === "json" ? JSON.parse(new TextDecoder().decode(bytes)) : bytes };
});

root.dataset.scheme = NIGHT.matches ? "dark" : "light";
const style = () => about.styles[root.dataset.scheme];
const map = new maplibre.Map({
  container: "map", style: style(), bounds: about.bounds, maxBounds: about.limits, maxZoom: 22, minZoom: Math.max(about.zoom[0] - 1, 0),
  attributionControl: { compact: true }, hash: true, localIdeographFontFamily: "sans-serif", validateStyle: false,
});
for (const event of ["dataloading", "movestart", "styledata"]) map.on(event, () => { root.dataset.map = "busy"; });
map.on("idle", () => { root.dataset.map = "idle"; });
map.on("error", ({ error }) => {
  by("trouble").textContent = words.t("trouble", { file: error.message });
  by("trouble").hidden = false;
});
map.addControl(new maplibre.NavigationControl({ visualizePitch: true }), "top-right");
map.addControl(new maplibre.GeolocateControl({ trackUserLocation: true, positionOptions: { enableHighAccuracy: true } }), "top-right");
map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");

const own = style().metadata["bando:layers"];
const view = {
  map,
  on: new Set(own.filter((id) => !style().metadata["bando:hidden"].includes(id))),
  get legend() { return style().metadata["bando:legend"]; },
  switch(id, on) {
    this.on[on ? "add" : "delete"](id);
    for (const layer of map.getStyle().layers) if (dataLayer(layer) === id) map.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
    list.render();
  },
};

const swatches = new Swatches();
await swatches.load({ json: async (name) => JSON.parse(atob(about.sprites[name])) }, "sprites/bando");
const list = new LayerList({ root: by("layers"), words, about, swatches, view });
const card = new Card({ root: by("card"), words, about, grids, view, swatches });

function render() {
  root.lang = words.language;
  document.title = words.of(about.title);
  by("title").textContent = words.of(about.title);
  by("place").textContent = about.place ? words.of(about.place) : "";
  by("language").textContent = words.t("other");
  by("language").setAttribute("aria-label", words.t("otherLabel"));
  by("scheme").setAttribute("aria-label", words.t("scheme"));
  by("show-layers").textContent = words.t("layers");
  const view = about.view ? ` · ${words.t("view", { view: words.of(about.view) })}` : "";
  by("release").textContent = words.t("release", { release: about.release, date: words.date(about.published_at) }) + view;
  const made = about.layers.filter((layer) => layer.synthetic).map((layer) => words.of(layer.title));
  by("synthetic").hidden = !made.length;
  by("synthetic").textContent = words.t("synthetic", { layers: made.length > 3 ? `${made.slice(0, 3).join(", ")}… (${made.length})` : made.join(", ") });
  list.render();
  card.render();
  readout();
}

function readout(lngLat = map.getCenter()) {
  const lonLat = [lngLat.lng, lngLat.lat];
  const [east, north] = grids.toGrid(lonLat);
  by("readout").textContent = `${decimalDegrees(lonLat, 5)}  ·  VN-2000 E ${metres(east, 1)} N ${metres(north, 1)}  ·  z${map.getZoom().toFixed(1)}`;
}

map.on("mousemove", ({ lngLat }) => readout(lngLat));
map.on("move", () => readout());
by("language").addEventListener("click", () => words.use(words.language === "vi" ? "en" : "vi"));
words.onChange(render);
by("show-layers").addEventListener("click", () => {
  const open = root.toggleAttribute("data-layers");
  by("show-layers").setAttribute("aria-expanded", String(open));
});
by("scheme").addEventListener("click", () => {
  root.dataset.scheme = root.dataset.scheme === "dark" ? "light" : "dark";
  map.setStyle(combined(style(), [], view.on));
  list.render();
});
render();
root.dataset.ready = "";
