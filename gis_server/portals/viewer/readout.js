// Coordinates under the pointer and of a chosen point, in WGS 84 and VN-2000, ready to be copied.

import { decimalDegrees, degreesMinutesSeconds, metres } from "./coordinates.js";
import { copyText, el, iconButton } from "./dom.js";

/** Everything a point is called: [{label, shown, copied}, …]. */
export function namesOf(lonLat, grids, words, srid) {
  const [east, north] = grids.toGrid(lonLat, srid);
  const letters = { north: words.t("north"), south: words.t("south"), east: words.t("east"), west: words.t("west") };
  const dms = degreesMinutesSeconds(lonLat, letters);
  return [
    { id: "decimal", label: words.t("wgsDecimal"), shown: decimalDegrees(lonLat), copied: decimalDegrees(lonLat, 7) },
    { id: "dms", label: words.t("wgsDms"), shown: dms, copied: dms.replaceAll("\u202f", " ") },
    { id: "grid", label: words.t("gridEastNorth"), shown: `E ${metres(east)}  N ${metres(north)}`, copied: `${east.toFixed(3)}, ${north.toFixed(3)}` },
    { id: "survey", label: words.t("gridSurvey"), shown: `X ${metres(north)}  Y ${metres(east)}`, copied: `X=${north.toFixed(3)} Y=${east.toFixed(3)}` },
  ];
}

/** A point on one line: degrees and grid. */
export function pointInShort({ pick, srid }, grids) {
  const [east, north] = grids.toGrid(pick, srid);
  return [el("span", {}, decimalDegrees(pick)), el("span", { class: "point-grid" }, `E ${metres(east, 1)}  N ${metres(north, 1)}`)];
}

/** The list of a point's coordinates with a copy button each. */
export function pointFacts(lonLat, { grids, words, notice, srid, chooseGrid }) {
  const rows = namesOf(lonLat, grids, words, srid).map(({ id, label, shown, copied }) =>
    el("div", { class: "coordinate", "data-coordinate": id },
      el("span", { class: "coordinate-label" }, label),
      el("span", { class: "coordinate-value" }, shown),
      iconButton("copy", words.t("copy", { what: label }), () => copy(copied, words, notice))));
  const choice = el("select", { class: "field grid-choice", "aria-label": words.t("coordinateSystem"), on: { change: (event) => chooseGrid(Number(event.target.value)) } },
    grids.all.map((grid) => el("option", { value: String(grid.srid), ...(grid.srid === srid ? { selected: true } : {}) }, words.of(grid.title))));
  rows.splice(2, 0, choice);
  return el("div", { class: "coordinates" }, rows);
}

async function copy(text, words, notice) {
  try {
    await copyText(text);
    notice.say(words.t("copied", { text }));
  } catch {
    notice.say(words.t("copyFailed", { text }), { stay: true });
  }
}

export class Readout {
  constructor({ root, words, grids, view, state }) {
    Object.assign(this, { root, words, grids, view, state });
    this.wgs = el("span", { class: "readout-wgs" });
    this.grid = el("span", { class: "readout-grid" });
    this.zoom = el("span", { class: "readout-zoom" });
    root.replaceChildren(this.wgs, this.grid, this.zoom);
    view.gl.on("mousemove", ({ lngLat }) => this.show([lngLat.lng, lngLat.lat]));
    view.gl.on("move", () => this.#centre());
    view.gl.on("mouseout", () => { this.pointed = false; this.#centre(); });
    this.#centre();
  }

  show(lonLat) {
    this.pointed = true;
    this.#write(lonLat);
  }

  /** Without a pointer the middle of the map is read: fingers do not hover. */
  #centre() {
    if (this.pointed) return this.#writeZoom();
    const { lng, lat } = this.view.gl.getCenter();
    this.#write([lng, lat]);
  }

  #write(lonLat) {
    this.last = lonLat;
    const [east, north] = this.grids.toGrid(lonLat, this.state.srid);
    this.wgs.textContent = `WGS 84  ${decimalDegrees(lonLat, 5)}`;
    this.grid.textContent = `VN-2000  E ${metres(east, 1)}  N ${metres(north, 1)}`;
    this.grid.title = this.words.of(this.grids.title(this.state.srid));
    this.#writeZoom();
  }

  #writeZoom() {
    this.zoom.textContent = this.words.t("zoomLevel", { zoom: this.words.number(this.view.gl.getZoom(), 1) });
  }

  render() {
    this.#write(this.last);
  }
}
