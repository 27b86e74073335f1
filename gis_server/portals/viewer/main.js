// Starts the viewer: reads what the server offers this caller, builds the parts and wires them together.

import { Api } from "./api.js";
import { Catalogue } from "./catalogue.js";
import { el, copyText, icon } from "./dom.js";
import { Grids } from "./grids.js";
import { at } from "./home.js";
import { Identify, PARCELS } from "./identify.js";
import { Legend } from "./legend.js";
import { Live } from "./live.js";
import { MapView, NARROW } from "./mapview.js";
import { Measure } from "./measure.js";
import { Notice, Watch, syntheticBadge, viewBanner } from "./notices.js";
import { Panel } from "./panel.js";
import { Readout } from "./readout.js";
import { Scheme } from "./scheme.js";
import { Sketch } from "./sketch.js";
import { Search, coordinateProvider, layerProvider, serverProvider } from "./search.js";
import { readAddress, takeKey, writeAddress } from "./share.js";
import { Swatches } from "./swatch.js";
import { Tools } from "./tools.js";
import { Tree } from "./tree.js";
import { Words } from "./words.js";

const $ = (id) => document.getElementById(id);
const LANGUAGE_STORE = "bando-language";
const FEW = 10; // features on screen

const key = takeKey();
const address = readAddress(location.hash);
const words = new Words(address.language ?? localStorage.getItem(LANGUAGE_STORE) ?? "vi");
const api = new Api(words, key);
const scheme = new Scheme();

start().catch(fail);

async function start() {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error(words.t("noWebgl"));
  const swatches = new Swatches();
  const [libraries, config, answer] = await Promise.all([libraryModules(), api.json("/viewer.json"), api.json("/catalogue"), swatches.load(api, at("/sprites/bando"))]);
  if (!config.maps.length) throw new Error(words.t("noMap"));
  const viewer = build({ ...libraries, config, catalogue: new Catalogue(answer), swatches });
  await viewer.open();
  $("start").remove();
  document.documentElement.dataset.ready = "true";
}

async function libraryModules() {
  const { maplibre, worker, proj4 } = document.documentElement.dataset;
  const [gl] = await Promise.all([import(at(maplibre)), import(at(proj4))]);
  return { maplibre: gl, worker: at(worker), proj4: globalThis.proj4 };
}

function build({ maplibre, worker, proj4, config, catalogue, swatches }) {
  const grids = new Grids(proj4, config);
  const first = config.maps.find((one) => one.id === address.map) ?? config.maps[0];
  const camera = address.camera ?? { center: first.center, zoom: first.zoom };
  const view = new MapView({ container: "map", maplibre, worker, api, camera, maxBounds: config.bounds, scheme });
  const state = { pick: null, feature: null, srid: grids.stored, changed: () => keepAddress({ view, state }) };
  const parts = { words, api, view, grids, catalogue, swatches, state, maplibre };
  parts.notice = new Notice({ root: $("notice"), words });
  parts.panel = new Panel({ root: $("panel"), words, bodies: { layers: $("panel-layers"), legend: $("panel-legend") } });
  parts.tree = new Tree({ root: $("panel-layers"), ...parts });
  parts.legend = new Legend({ root: $("panel-legend"), ...parts });
  parts.identify = new Identify({ card: $("card"), ...parts, onShare: () => shareAddress(parts) });
  parts.measure = new Measure({ card: $("measure-card"), ...parts });
  parts.sketch = catalogue.get(PARCELS) ? new Sketch({ card: $("sketch-card"), ...parts }) : null;
  parts.tools = new Tools({ root: $("tools"), ...parts });
  parts.readout = new Readout({ root: $("readout"), ...parts });
  parts.watch = new Watch({ root: $("trouble"), ...parts });
  parts.live = new Live({ api, view });
  parts.search = new Search({ root: $("search-root"), words, providers: providers(parts) });
  wire(parts, config);
  return { open: () => open(parts, config, first) };
}

function providers({ grids, catalogue, view, tree, panel, identify, notice, api }) {
  const go = (lonLat) => {
    view.gl.once("moveend", () => identify.at(lonLat)); // before flying: a jump is over at once
    view.flyInto(lonLat, Math.max(view.gl.getZoom(), 17));
  };
  const show = async (id) => {
    notice.say(words.t("loadingLayer", { title: words.of(catalogue.title(id)) }));
    await view.switch([id], true);
    notice.hush();
    document.body.classList.remove("panel-hidden");
    panel.show("layers");
    tree.reveal(id);
  };
  const open = async ({ kind, point, bbox, layer, fid }) => {
    if (kind === "unit") return view.fitBox(bbox);
    if (layer && catalogue.get(layer) && !view.on.has(layer)) await view.switch([layer], true);
    view.gl.once("moveend", () => identify.at(point, { layer, fid }));
    view.flyInto(point, Math.max(view.gl.getZoom(), 17));
  };
  return [coordinateProvider({ words, grids, go }), serverProvider({ words, api, open }), layerProvider({ words, catalogue, view, show })];
}

function wire(parts, config) {
  const { view, identify, measure, sketch, state, catalogue, notice, panel } = parts;
  view.gl.on("click", ({ lngLat }) => {
    const point = [lngLat.lng, lngLat.lat];
    if (measure.active) return measure.add(point);
    if (sketch?.drawing) return sketch.add(point);
    if (NARROW.matches) panel.lower();
    identify.at(point);
    view.uncover(point);
  });
  view.gl.getCanvas().addEventListener("keydown", async (event) => {
    if (sketch?.key(event) || event.key !== "Enter") return;
    await identify.at(view.camera().center);
    identify.focus();
  });
  view.gl.on("dblclick", (event) => {
    if (!sketch?.drawing) return;
    event.preventDefault(); // it would zoom
    sketch.finish();
  });
  view.gl.on("moveend", state.changed);
  view.gl.on("idle", () => syntheticBadge({ root: $("synthetic"), words, catalogue, view }));
  view.addEventListener("layers", state.changed);
  view.addEventListener("layer-failed", ({ detail: { id, error } }) => {
    notice.say(words.t("layerFailed", { title: words.of(catalogue.title(id)), reason: words.of(error.text ?? error.message) }), { stay: true });
  });
  $("share").addEventListener("click", () => shareAddress(parts));
  $("scheme").addEventListener("click", () => scheme.toggle());
  $("panel-show").addEventListener("click", () => panel.collapse(false));
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => words.use(button.dataset.language));
  words.onChange(() => {
    localStorage.setItem(LANGUAGE_STORE, words.language);
    speak(parts, config);
    state.changed();
  });
  addEventListener("hashchange", () => followAddress(parts, config));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("card").hidden && !event.defaultPrevented) identify.close();
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      $("search").focus();
    }
  });
}

/** Write every sentence of the page in the language chosen. */
function speak(parts, config) {
  const { view, catalogue } = parts;
  document.documentElement.lang = words.language;
  document.title = words.t("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = words.t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", words.t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = words.t(node.dataset.label);
  }
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === words.language));
  view.gl.getCanvas().setAttribute("aria-label", words.t("mapName"));
  viewBanner({ root: $("banner"), words, view: config.view, byKey: api.hasKey, catalogue });
  syntheticBadge({ root: $("synthetic"), words, catalogue, view });
  mapButtons(parts, config);
  for (const part of [parts.panel, parts.tree, parts.search, parts.tools]) part.build();
  for (const part of [parts.legend, parts.readout, parts.identify, parts.measure, parts.sketch, parts.watch]) part?.render();
  $("release").textContent = api.release && catalogue.updated ? words.t("releaseFoot", { release: words.number(api.release, 0), date: words.date(catalogue.updated) }) : "";
}

function mapButtons(parts, config) {
  const buttons = config.maps.map((one) =>
    el("button", { type: "button", class: "map-choice", "data-map": one.id, title: words.of(one.description), "aria-pressed": String(one.id === parts.view.mapId), on: { click: () => changeMap(parts, config, one.id) } }, words.of(one.title)));
  $("maps").replaceChildren(...buttons);
}

async function open(parts, config, first) {
  const { view } = parts;
  view.draw("mark", []);
  await view.show(first.id, address.on.length || address.off.length ? wished(config, first.id, address) : null);
  parts.tree.openTheme(parts.catalogue.mainTheme(view.startsWith));
  speak(parts, config);
  parts.live.listen();
  if (!address.camera) view.gl.once("idle", () => startOverData(parts));
  if (address.tool === "draw") view.gl.once("idle", () => parts.sketch?.begin());
  if (address.pick) view.gl.once("idle", () => parts.identify.at(address.pick, address.feature));
}

/** A map whose own starting place has nothing to show yet moves to where most of the data is. */
function startOverData({ view, catalogue }) {
  const center = catalogue.middle(view.startsWith);
  if (center && view.gl.queryRenderedFeatures().length < FEW) view.gl.jumpTo({ center, zoom: 12 });
}

/** Layers on = those a map starts with, less `off`, and `on`. */
function wished(config, mapId, { on, off }) {
  const one = config.maps.find((map) => map.id === mapId);
  const starts = one.layers.filter((id) => !one.hidden.includes(id));
  return new Set([...starts.filter((id) => !off.includes(id)), ...on]);
}

async function changeMap(parts, config, mapId) {
  const { view, notice } = parts;
  const added = [...view.on].filter((id) => !view.ownLayers.includes(id));
  const starts = wished(config, mapId, { on: added, off: [] });
  try {
    await view.show(mapId, starts);
  } catch (error) {
    notice.say(words.of(error.text ?? error.message), { stay: true });
  }
  mapButtons(parts, config);
  parts.tree.build();
}

/** The address changed by hand or by going back: follow it. */
async function followAddress(parts, config) {
  const wanted = readAddress(location.hash);
  if (location.hash === parts.state.written) return;
  if (wanted.language) words.use(wanted.language);
  const map = config.maps.find((one) => one.id === wanted.map)?.id ?? parts.view.mapId;
  await parts.view.show(map, wished(config, map, wanted));
  if (wanted.camera) parts.view.gl.jumpTo(wanted.camera);
  mapButtons(parts, config);
  if (wanted.pick) parts.identify.at(wanted.pick, wanted.feature);
  else parts.identify.close();
}

function keepAddress({ view, state }) {
  if (!view.mapId) return;
  const starts = new Set(view.startsWith);
  const on = [...view.on].filter((id) => !starts.has(id));
  const off = [...starts].filter((id) => !view.on.has(id));
  state.written = writeAddress({ map: view.mapId, camera: view.camera(), on, off, language: words.language, pick: state.pick, feature: state.feature });
  history.replaceState(null, "", state.written);
}

async function shareAddress({ notice, state }) {
  state.changed();
  const link = location.href;
  try {
    if (NARROW.matches && navigator.share) await navigator.share({ title: words.t("title"), url: link });
    else {
      await copyText(link);
      notice.say(words.t("shared"));
    }
  } catch (error) {
    if (error.name !== "AbortError") notice.say(words.t("copyFailed", { text: link }), { stay: true });
  }
}

function fail(error) {
  console.error(error);
  $("start").replaceChildren(
    el("div", { class: "start-problem", role: "alert" }, icon("info", 28), el("h1", {}, words.t("startFailed")), el("p", {}, words.of(error.text ?? error.message)),
      el("button", { type: "button", class: "button is-primary", on: { click: () => location.reload() } }, words.t("retry"))));
}
