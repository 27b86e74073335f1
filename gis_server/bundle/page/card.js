// What is at a point: the features drawn there, in words, from the tiles themselves.

import { el, iconButton } from "kit/dom.js";
import { decimalDegrees, metres } from "kit/coordinates.js";

const REACH = 8;
const OURS = new Set(["synthetic", "merged"]);

export class Card {
  constructor({ root, words, about, grids, view, swatches }) {
    Object.assign(this, { root, words, about, grids, view, swatches });
    this.layers = new Map(about.layers.map((layer) => [layer.id, layer]));
    view.map.on("click", (event) => this.show(event.point, [event.lngLat.lng, event.lngLat.lat]));
  }

  show(point, lonLat) {
    const box = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]];
    const found = new Map();
    for (const feature of this.view.map.queryRenderedFeatures(box)) {
      const id = feature.sourceLayer;
      if (this.layers.has(id) && !feature.layer.metadata?.["bando:synthetic"]) found.set(`${id}/${feature.id}`, feature);
    }
    this.shown = { lonLat, features: [...found.values()].sort((a, b) => size(a) - size(b)) };
    this.render();
  }

  render() {
    if (!this.shown) return;
    const { words } = this;
    const { lonLat, features } = this.shown;
    const [east, north] = this.grids.toGrid(lonLat);
    this.root.hidden = false;
    this.root.replaceChildren(
      el("div", { class: "card-head" }, el("h2", {}, words.t("here")), iconButton("close", words.t("close"), () => { this.root.hidden = true; this.shown = null; })),
      el("p", { class: "point" }, `WGS 84  ${decimalDegrees(lonLat)}`, el("br"), `VN-2000  E ${metres(east, 2)}  N ${metres(north, 2)}`),
      ...(features.length ? features.map((feature) => this.#feature(feature)) : [el("p", { class: "quiet" }, words.t("nothing"))]));
  }

  #feature(feature) {
    const { words } = this;
    const layer = this.layers.get(feature.sourceLayer);
    const { properties } = feature;
    const rows = Object.entries(properties).filter(([name]) => !OURS.has(name)).map(([name, value]) =>
      [el("dt", {}, words.of(layer.fields[name]?.title ?? name)), el("dd", {}, this.#value(layer, name, value))]);
    const label = layer.label && properties[layer.label];
    const entry = this.view.legend[layer.id]?.[0];
    return el("article", { class: "feature" },
      el("h3", {}, entry ? this.swatches.draw(entry) : null, el("span", {}, label ? String(label) : words.of(layer.title)), properties.synthetic ? el("span", { class: "badge" }, words.t("syntheticShort")) : null),
      label ? el("p", { class: "quiet" }, words.of(layer.title)) : null,
      properties.merged > 1 ? el("p", { class: "quiet" }, words.t("merged", { count: words.number(properties.merged, 0) })) : null,
      el("dl", {}, rows, el("dt", {}, words.t("steward")), el("dd", {}, layer.steward), el("dt", {}, words.t("evidence")), el("dd", {}, layer.evidence)));
  }

  #value(layer, name, value) {
    const { words } = this;
    if (typeof value === "boolean") return words.t(value ? "yes" : "no");
    const word = this.about.codes[layer.id]?.[name]?.[value];
    if (word) return words.of(word);
    const shown = typeof value === "number" && !Number.isInteger(value) ? words.number(value) : String(value);
    const unit = layer.fields[name]?.unit;
    return unit ? `${shown} ${unit}` : shown;
  }
}

/** What is small is meant more likely than what lies under everything. */
function size({ geometry }) {
  return ["Point", "LineString", "Polygon"].indexOf(geometry.type.replace("Multi", ""));
}
