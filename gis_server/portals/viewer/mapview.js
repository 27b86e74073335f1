// The map itself: shows a map's style, switches layers, marks points and features, and says when tiles cannot be had.

import { combined, dataLayer, drawnFrom, faded, staysOn } from "./mapstyle.js";

export const NARROW = matchMedia("(max-width: 799px)");
const ROOMY = matchMedia("(min-width: 1101px)");
const ACCENT = "#e0007a";
const OWN = "bando-own-";
const MOTION = matchMedia("(prefers-reduced-motion: reduce)");

export class MapView extends EventTarget {
  #api;
  #base = null;
  #extras = new Map();
  #styles = new Map();
  #shapes = { chosen: [], mark: [], measure: [], sketch: [], place: [] };

  constructor({ container, maplibre, worker, api, camera, maxBounds, scheme }) {
    super();
    this.#api = api;
    this.scheme = scheme;
    scheme.addEventListener("change", () => this.mapId && this.show(this.mapId, this.on).catch((error) => this.#tell("trouble", error)));
    maplibre.setWorkerUrl(worker);
    this.gl = new maplibre.Map({
      container,
      center: camera.center,
      zoom: camera.zoom,
      bearing: camera.bearing ?? 0,
      pitch: camera.pitch ?? 0,
      maxZoom: 22,
      maxPitch: 60,
      maxBounds,
      attributionControl: false,
      transformRequest: api.transformRequest,
      fadeDuration: MOTION.matches ? 0 : 200,
      localIdeographFontFamily: "sans-serif",
    });
    this.on = new Set();
    this.opacity = new Map();
    this.lowest = new Map();
    this.legend = {};
    this.gl.on("style.load", () => this.#dress());
    this.#sayWhetherIdle();
    this.gl.on("zoomend", () => this.#tell("zoom"));
    this.gl.on("error", ({ error, sourceId, tile }) => {
      if (sourceId) this.#failed.push({ source: sourceId, at: tile?.tileID.canonical });
      this.#tell("trouble", error);
    });
  }

  /** The page says when the map has nothing left to fetch or draw: for tests, printers and screenshots. */
  #sayWhetherIdle() {
    const say = (state) => () => { document.documentElement.dataset.map = state; };
    for (const event of ["dataloading", "movestart", "styledata"]) this.gl.on(event, say("busy"));
    this.gl.on("idle", say("idle"));
  }

  /** Show a map with the layers of `on`; layers it does not have itself are fetched beside it. */
  async show(mapId, on) {
    const base = await this.#style(`/styles/${encodeURIComponent(mapId)}`);
    const own = new Set(base.metadata["bando:layers"]);
    const wanted = on ?? new Set(base.metadata["bando:layers"].filter((id) => !base.metadata["bando:hidden"].includes(id)));
    const extras = await Promise.all([...wanted].filter((id) => !own.has(id)).map((id) => this.#extra(id)));
    this.#base = base;
    this.#extras = new Map(extras.filter(Boolean).map((extra) => [extra.id, extra.style]));
    this.on = new Set([...wanted].filter((id) => own.has(id) || this.#extras.has(id)));
    this.mapId = mapId;
    this.#restyle();
  }

  /** A layer that cannot be had is left out, and said so; the map comes all the same. */
  async #extra(id) {
    try {
      return { id, style: await this.#style(`/styles/layers/${encodeURIComponent(id)}`) };
    } catch (error) {
      this.#tell("layer-failed", { id, error });
      return null;
    }
  }

  async #style(path) {
    const address = this.scheme.name === "dark" ? `${path}?scheme=dark` : path;
    if (!this.#styles.has(address)) this.#styles.set(address, await this.#api.json(address));
    return this.#styles.get(address);
  }

  /** The map's own layers, lowest first, and those it starts with. */
  get ownLayers() {
    return this.#base?.metadata["bando:layers"] ?? [];
  }

  get startsWith() {
    const hidden = this.#base?.metadata["bando:hidden"] ?? [];
    return this.ownLayers.filter((id) => !hidden.includes(id));
  }

  /** Switch layers on or off; those the map does not have are fetched first, all at once. */
  async switch(ids, on) {
    const strange = on ? ids.filter((id) => !this.ownLayers.includes(id) && !this.#extras.has(id)) : [];
    const extras = (await Promise.all(strange.map((id) => this.#extra(id)))).filter(Boolean);
    for (const { id, style } of extras) this.#extras.set(id, style);
    for (const id of ids) {
      if (!on) this.on.delete(id);
      else if (this.ownLayers.includes(id) || this.#extras.has(id)) this.on.add(id);
    }
    if (extras.length) return this.#restyle();
    for (const layer of ids.flatMap((id) => this.#layersOf(id))) this.gl.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
    this.#tell("layers");
  }

  fade(id, share) {
    this.opacity.set(id, share);
    for (const layer of this.#layersOf(id)) {
      const original = this.#current.layers.find((one) => one.id === layer.id);
      for (const [name, value] of faded(original, share)) this.gl.setPaintProperty(layer.id, name, value);
    }
  }

  /** Layers that are on and drawn at this zoom, topmost last. */
  visible() {
    return [...this.on].filter((id) => this.gl.getZoom() >= (this.lowest.get(id) ?? 0));
  }

  /** Layers of which something that no one measured is on screen now. */
  syntheticOnScreen() {
    const found = this.gl.queryRenderedFeatures({ filter: ["==", ["get", "synthetic"], true] });
    return [...new Set(found.map((feature) => dataLayer(feature.layer)))];
  }

  #current = { layers: [] };

  #layersOf(id) {
    return this.#current.layers.filter((layer) => dataLayer(layer) === id && !staysOn(layer));
  }

  #restyle() {
    const extras = [...this.#extras.values()];
    const style = combined(this.#base, extras, this.on);
    this.lowest = drawnFrom(style);
    this.legend = Object.assign({}, ...[this.#base, ...extras].map((one) => one.metadata["bando:legend"]));
    this.#current = style;
    this.gl.setStyle(style, { diff: true });
    this.#tell("layers");
  }

  /** What the viewer itself draws lies over every style: chosen feature, mark, measure, sketch. */
  #dress() {
    for (const name of Object.keys(this.#shapes)) {
      const source = OWN + name;
      if (!this.gl.getSource(source)) this.gl.addSource(source, { type: "geojson", data: collection(this.#shapes[name]) });
      for (const layer of ownLayers(source, name)) if (!this.gl.getLayer(layer.id)) this.gl.addLayer(layer);
    }
    for (const [id, share] of this.opacity) if (share < 1 && this.on.has(id)) this.fade(id, share);
  }

  /** Draw geometries (GeoJSON, WGS 84) as chosen feature, mark, measure or place of the reader. */
  draw(name, geometries) {
    this.#shapes[name] = geometries.filter(Boolean);
    this.gl.getSource(OWN + name)?.setData(collection(this.#shapes[name]));
  }

  fly(camera) {
    if (MOTION.matches) this.gl.jumpTo(camera);
    else this.gl.flyTo({ ...camera, maxDuration: 2500 });
  }

  /** Bring a geometry into the part of the map that no card covers. */
  fit(geometry) {
    const box = bounds(geometry);
    if (!box) return;
    const { right, bottom } = this.covered();
    this.gl.fitBounds(box, { padding: { top: 60, left: 40, right: right + 40, bottom: bottom + 40 }, maxZoom: 18, animate: !MOTION.matches });
  }

  fitBox([west, south, east, north]) {
    this.gl.fitBounds([[west, south], [east, north]], { padding: 30, animate: !MOTION.matches });
  }

  /** Fly so that the point lands in the middle of what no card will cover. */
  flyInto(lonLat, zoom) {
    const { right, bottom } = this.covered();
    this.fly({ center: lonLat, zoom, offset: [-right / 2, -bottom / 2] });
  }

  /** Move just so far that a point comes out from under a card. */
  uncover(lonLat) {
    const { x, y } = this.gl.project(lonLat);
    const { clientWidth, clientHeight } = this.gl.getContainer();
    const { right, bottom } = this.covered();
    const beyond = [Math.max(0, x - (clientWidth - right - 40)) * Math.sign(right), Math.max(0, y - (clientHeight - bottom - 40)) * Math.sign(bottom)];
    if (beyond[0] || beyond[1]) this.gl.panBy(beyond, { animate: !MOTION.matches });
  }

  /** How much of the map a card of answers takes: at the right on a desk, from below on a phone. */
  covered() {
    const { clientHeight } = this.gl.getContainer();
    if (NARROW.matches) return { right: 0, bottom: clientHeight * 0.6 };
    return { right: ROOMY.matches ? 400 : 0, bottom: 0 };
  }

  camera() {
    const { lng, lat } = this.gl.getCenter();
    return { zoom: this.gl.getZoom(), center: [lng, lat], bearing: this.gl.getBearing(), pitch: this.gl.getPitch() };
  }

  /** Ground metres of one screen pixel where the point lies. */
  metresPerPixel([, lat]) {
    return (Math.cos((lat * Math.PI) / 180) * 40075016.686) / (512 * 2 ** this.gl.getZoom());
  }

  /**
   * Ask again for what could not be had while the server was away. The tiles are named one by one because MapLibre 6.17,
   * asked to refresh a whole source, leaves tiles that had failed waiting for ever.
   */
  refresh() {
    const failed = this.#failed.splice(0);
    for (const name of new Set(failed.map(({ source }) => source))) {
      const source = this.gl.getSource(name);
      const tiles = failed.filter((one) => one.source === name && one.at).map(({ at: { z, x, y } }) => ({ z, x, y }));
      if (source && tiles.length) this.gl.refreshTiles(name, tiles);
      else if (source) source.setUrl(source.url);
    }
  }

  /** Ask again for tiles on screen that a release touched: `touched(z, x, y)` says which. */
  renew(layers, touched) {
    for (const [name, source] of Object.entries(this.gl.getStyle().sources)) {
      const drawn = this.gl.getStyle().layers.some((layer) => layer.source === name && layers.has(dataLayer(layer)));
      if (source.type !== "vector" || !drawn) continue;
      const tiles = this.#onScreen(name).filter(({ z, x, y }) => touched(z, x, y));
      if (tiles.length) this.gl.refreshTiles(name, tiles);
    }
  }

  /** Tiles of a source that may be on screen: this zoom's, and those above that stand in for them. */
  #onScreen(name) {
    const { minzoom = 0, maxzoom = 22 } = this.gl.getSource(name);
    const [[west, south], [east, north]] = this.gl.getBounds().toArray();
    const deepest = Math.min(maxzoom, Math.ceil(this.gl.getZoom()));
    const found = [];
    for (let z = deepest; z >= Math.max(minzoom, deepest - 4); z--) {
      const [left, top] = tileAt(west, north, z);
      const [right, bottom] = tileAt(east, south, z);
      for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) found.push({ z, x, y });
    }
    return found;
  }

  #failed = [];

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** [x, y] of the tile of a zoom in which a place lies. */
function tileAt(lon, lat, z) {
  const sine = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
  const size = 2 ** z;
  const place = [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  return place.map((share) => Math.max(0, Math.min(size - 1, Math.floor(share * size))));
}

function collection(geometries) {
  return { type: "FeatureCollection", features: geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry })) };
}

function ownLayers(source, name) {
  const dashed = name === "measure" ? { "line-dasharray": [2, 1.5] } : {};
  const color = name === "place" ? "#0b63c5" : ACCENT;
  const is = (kind) => ["==", ["geometry-type"], kind];
  return [
    { id: `${source}-fill`, type: "fill", source, filter: is("Polygon"), paint: { "fill-color": color, "fill-opacity": 0.16 } },
    { id: `${source}-casing`, type: "line", source, filter: ["!=", ["geometry-type"], "Point"], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": "#ffffff", "line-width": 6, "line-opacity": 0.85 } },
    { id: `${source}-line`, type: "line", source, filter: ["!=", ["geometry-type"], "Point"], layout: { "line-join": "round", "line-cap": dashed["line-dasharray"] ? "butt" : "round" }, paint: { "line-color": color, "line-width": 3, ...dashed } },
    { id: `${source}-point`, type: "circle", source, filter: is("Point"), paint: { "circle-radius": name === "chosen" ? 8 : 5, "circle-color": name === "chosen" ? "rgba(224, 0, 122, 0.18)" : color, "circle-stroke-color": name === "chosen" ? color : "#ffffff", "circle-stroke-width": 2.5 } },
  ];
}

/** [[west, south], [east, north]] of a geometry, or null for an empty one. */
export function bounds(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] !== "number") return part.forEach(walk);
    const [x, y] = part;
    box.splice(0, 4, Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y));
  };
  walk(geometry.coordinates);
  return Number.isFinite(box[0]) ? [[box[0], box[1]], [box[2], box[3]]] : null;
}
