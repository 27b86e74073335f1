// What is here: asks the server about a point and shows each feature in words, with where it comes from.

import { el, icon, iconButton } from "./dom.js";
import { pointFacts, pointInShort } from "./readout.js";
import { bounds } from "./mapview.js";
import { evidence, scales } from "./tree.js";

const REACH_PIXELS = 8;
export const PARCELS = "cadastre.thua_dat";

export class Identify {
  #asking = null;
  #answer = null;
  #problem = null;
  #pointOpen = false;

  constructor({ card, words, catalogue, view, api, grids, notice, state, onShare, swatches }) {
    Object.assign(this, { card, words, catalogue, view, api, grids, notice, state, onShare, swatches });
  }

  /** Ask about a point; `wanted` names the feature that a shared link points at. */
  async at(lonLat, wanted = null) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    Object.assign(this.state, { pick: lonLat, feature: wanted });
    this.#answer = this.#problem = null;
    this.view.draw("mark", [{ type: "Point", coordinates: lonLat }]);
    this.view.draw("chosen", []);
    this.render();
    try {
      this.#answer = await this.#ask(lonLat, wanted, asking.signal);
      if (wanted) this.#choose(this.#answer.find((one) => one.layer === wanted.layer && String(one.fid) === String(wanted.fid)));
      else this.#choose(this.#answer[0]);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#problem = error;
    }
    this.render();
  }

  async #ask([lon, lat], wanted, signal) {
    const layers = new Set(this.view.visible().filter((id) => this.catalogue.get(id)));
    if (wanted && this.catalogue.get(wanted.layer)) layers.add(wanted.layer);
    if (!layers.size) return [];
    const radius = Math.min(Math.max(this.view.metresPerPixel([lon, lat]) * REACH_PIXELS, 0.5), 500);
    const query = new URLSearchParams({ lon: lon.toFixed(7), lat: lat.toFixed(7), radius: radius.toFixed(2), layers: [...layers].join(",") });
    const answer = await this.api.json(`/query/identify?${query}`, { signal });
    return answer.features.sort(closest);
  }

  close() {
    this.#asking?.abort();
    Object.assign(this.state, { pick: null, feature: null });
    this.#answer = this.#problem = null;
    this.view.draw("mark", []);
    this.view.draw("chosen", []);
    this.card.hidden = true;
    this.state.changed();
  }

  /** Bring a keyboard or a screen reader to the answer. */
  focus() {
    this.card.querySelector("h2")?.focus();
  }

  #choose(feature) {
    this.state.feature = feature ? { layer: feature.layer, fid: String(feature.fid) } : null;
    this.view.draw("chosen", feature ? [feature.geometry] : []);
    this.state.changed();
  }

  render() {
    if (!this.state.pick) return;
    const { words } = this;
    this.card.hidden = false;
    const head = el("div", { class: "card-head" }, el("h2", { tabindex: "-1" }, words.t("identify")), iconButton("close", words.t("close"), () => this.close()));
    const facts = pointFacts(this.state.pick, {
      grids: this.grids, words, notice: this.notice, srid: this.state.srid,
      chooseGrid: (srid) => { this.state.srid = srid; this.render(); this.state.changed(); },
    });
    const place = el("details", { class: "point-facts", open: this.#pointOpen }, el("summary", { "aria-label": words.t("clicked") }, pointInShort(this.state, this.grids)), facts);
    place.addEventListener("toggle", () => { this.#pointOpen = place.open; });
    this.card.replaceChildren(head, el("div", { class: "card-body" }, place, this.#results()));
  }

  #results() {
    const { words } = this;
    if (this.#problem) {
      return el("div", { class: "problem", role: "alert" }, words.of(this.#problem.text ?? this.#problem.message),
        el("button", { type: "button", class: "button", on: { click: () => this.at(this.state.pick, this.state.feature) } }, words.t("retry")));
    }
    if (!this.#answer) return el("p", { class: "quiet loading", role: "status" }, words.t("identifyLoading"));
    if (!this.#answer.length) return el("p", { class: "quiet", role: "status" }, words.t(this.view.visible().length ? "identifyNone" : "identifyNothingOn"));
    return el("div", { class: "results" },
      el("p", { class: "visually-hidden", role: "status" }, words.t("identifyCount", { count: this.#answer.length })),
      this.#answer.map((feature) => this.#feature(feature)));
  }

  #feature(feature) {
    const { words } = this;
    const open = this.state.feature?.layer === feature.layer && this.state.feature.fid === String(feature.fid);
    const layer = this.catalogue.get(feature.layer);
    const entry = this.view.legend[feature.layer]?.[0];
    const head = el("button", { type: "button", class: "result-head", "aria-expanded": String(open), on: { click: () => { this.#choose(open ? null : feature); this.render(); } } },
      entry ? this.swatches.draw(this.#look(feature)) : icon("point", 18),
      el("span", { class: "result-names" }, el("span", { class: "result-title" }, feature.label || words.t("feature", { fid: feature.fid })), el("span", { class: "result-layer" }, words.of(feature.title ?? layer?.title))),
      feature.synthetic ? el("span", { class: "badge is-synthetic", title: words.t("syntheticWords") }, words.t("syntheticShort")) : null,
      icon("chevron", 16));
    return el("article", { class: `result${open ? " is-open" : ""}`, "data-feature": `${feature.layer}/${feature.fid}` }, head, open ? this.#whole(feature, layer) : null);
  }

  /** The legend line of the feature's own class, else the layer's first. */
  #look(feature) {
    const entries = this.view.legend[feature.layer];
    const codes = new Map(feature.attributes.map((one) => [one.name, one.code]));
    return entries.find((one) => one.codes?.includes(codes.get(one.field))) ?? entries[0];
  }

  #whole(feature, layer) {
    const { words } = this;
    const filled = feature.attributes.filter((one) => one.value !== null && one.value !== "" && one.value !== undefined);
    const order = ({ name }) => (name === layer?.label ? 0 : this.catalogue.isCommon(name) ? 2 : 1);
    const rows = filled.sort((a, b) => order(a) - order(b));
    return el("div", { class: "result-body" },
      feature.synthetic ? el("p", { class: "synthetic-note" }, el("strong", {}, words.t("synthetic")), " ", words.t("syntheticWords")) : null,
      rows.length ? el("dl", { class: "facts" }, rows.map((one) => [el("dt", { title: words.of(one.title) }, brief(words.of(one.title))), el("dd", {}, ...valueOf(one, words))])) : el("p", { class: "quiet" }, words.t("noAttributes")),
      el("dl", { class: "facts provenance" }, this.#provenance(feature, layer).map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
      el("div", { class: "result-actions" },
        feature.layer === PARCELS ? el("a", { class: "button is-dossier", href: this.#dossier(), target: "_blank", rel: "noopener" }, words.t("dossier")) : null,
        el("button", { type: "button", class: "button", on: { click: () => this.view.fit(feature.geometry) } }, icon("zoomTo", 16), words.t("zoomToFeature")),
        el("button", { type: "button", class: "button", on: { click: () => this.onShare() } }, icon("share", 16), words.t("shareFeature"))));
  }

  /** The address of what is known and planned of the parcel under the clicked point. */
  #dossier() {
    const [east, north] = this.state.pick;
    return this.api.address("/planning/dossier", { f: "html", corners: `${east.toFixed(7)} ${north.toFixed(7)}` });
  }

  #provenance(feature, layer) {
    const { words } = this;
    return [
      [words.t("source"), words.of(feature.source)],
      [words.t("stewardShort"), feature.steward ?? layer?.steward ?? "—"],
      [words.t("scale"), scales(feature.scale ?? layer?.scale)],
      [words.t("evidence"), evidence(feature.evidence ?? layer?.evidence, words)],
      [words.t("published"), feature.release ? (feature.published ? words.t("releaseOn", { release: feature.release, date: words.date(feature.published) }) : words.t("release", { release: feature.release })) : "—"],
    ];
  }
}

/** A point or a line under the finger is meant before the area it lies in, and a small area before a large one. */
function closest(a, b) {
  return dimension(a.geometry) - dimension(b.geometry) || a.distance_m - b.distance_m || span(a.geometry) - span(b.geometry);
}

function dimension(geometry) {
  return geometry.type.endsWith("Point") ? 0 : geometry.type.endsWith("LineString") ? 1 : 2;
}

function span(geometry) {
  const [[west, south], [east, north]] = bounds(geometry) ?? [[0, 0], [0, 0]];
  return (east - west) * (north - south);
}

/** A long explanation cut to the name before it: “Mã nhận dạng: mã cơ sở dữ liệu, …” → “Mã nhận dạng”. */
function brief(title) {
  const name = title.split(/[:;(]/)[0].trim();
  return title.length > 32 && name.length > 2 ? name : title;
}

/** A value as a person reads it: the word of a code, the unit of a number, the date in the reader's writing. */
function valueOf({ type, value, word, code, unit, datum }, words) {
  if (type === "boolean") return [words.t(value ? "yes" : "no")];
  if (type === "date") return [words.date(value)];
  if (type === "datetime") return [words.moment(value)];
  if (word) return [words.of(word), el("span", { class: "code", title: words.t("code", { code: code ?? value }) }, String(code ?? value))];
  const text = typeof value === "number" ? words.number(value) : String(value);
  return [unit ? `${text} ${unit}` : text, datum ? el("span", { class: "datum" }, words.t("datum", { datum })) : null].filter(Boolean);
}
