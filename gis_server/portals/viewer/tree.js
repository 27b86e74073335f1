// The layer tree: themes with their layers, what is on, and all that is known about each layer.

import { el, icon, iconButton } from "./dom.js";
import { at } from "./home.js";

export class Tree {
  #open = new Set();
  #detailed = new Set();
  #text = "";

  constructor({ root, words, catalogue, view, swatches }) {
    Object.assign(this, { root, words, catalogue, view, swatches });
    this.scope = "map";
    view.addEventListener("layers", () => this.render());
    view.addEventListener("zoom", () => this.#markZoom());
  }

  /** Lay out the parts that stay; called again only when the language changes. */
  build() {
    const { words } = this;
    this.filter = el("input", {
      type: "search", class: "field", placeholder: words.t("filter"), "aria-label": words.t("filter"), value: this.#text,
      on: { input: () => { this.#text = this.filter.value; this.render(); } },
    });
    this.list = el("div", { class: "themes" });
    this.root.replaceChildren(el("div", { class: "panel-tools" }, this.#scopes(), this.filter), this.list);
    this.render();
  }

  #scopes() {
    const options = [["map", this.words.t("scopeMap")], ["all", this.words.t("scopeAll")]].map(([value, title]) =>
      el("button", {
        type: "button", class: "segment", "aria-pressed": String(this.scope === value), "data-scope": value,
        on: { click: () => { this.scope = value; this.build(); this.root.querySelector(`[data-scope="${value}"]`).focus(); } },
      }, title, el("span", { class: "segment-count" }, String(value === "map" ? this.#inMap().size : this.catalogue.layers.size))));
    return el("div", { class: "segments", role: "group", "aria-label": this.words.t("scope") }, options);
  }

  /** Layers of the map, and whatever else is on. */
  #inMap() {
    return new Set([...this.view.ownLayers, ...this.view.on].filter((id) => this.catalogue.get(id)));
  }

  render() {
    if (!this.list) return;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const wanted = this.#text ? new Set(this.catalogue.find(this.#text).map((layer) => layer.id)) : null;
    const inMap = this.#inMap();
    const shown = (layer) => (wanted ? wanted.has(layer.id) : true) && (this.scope === "all" || wanted || inMap.has(layer.id));
    const themes = this.catalogue.themes.map((theme) => ({ theme, layers: theme.layers.filter(shown) })).filter(({ layers }) => layers.length);
    const none = el("p", { class: "quiet" }, this.words.t("filterNone", { text: this.#text }));
    this.list.replaceChildren(...(themes.length ? themes.map(({ theme, layers }) => this.#theme(theme, layers, Boolean(wanted))) : [none]));
    if (focused) this.list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  #theme(theme, layers, opened) {
    const on = layers.filter((layer) => this.view.on.has(layer.id)).length;
    const open = opened || this.#open.has(theme.id);
    const body = el("div", { class: "theme-layers", hidden: !open, id: `theme-${theme.id}` }, open ? layers.map((layer) => this.#layer(layer)) : []);
    const box = el("input", {
      type: "checkbox", class: "tick", "aria-label": this.words.t("themeAll", { title: this.words.of(theme.title) }),
      checked: on === layers.length, indeterminate: on > 0 && on < layers.length, "data-focus": `tick ${theme.id}`,
      on: { change: () => this.#switchAll(layers, on < layers.length) },
    });
    const head = el("button", {
      type: "button", class: "theme-head", "aria-expanded": String(open), "aria-controls": `theme-${theme.id}`, "data-focus": `theme ${theme.id}`,
      on: { click: () => this.#toggleTheme(theme.id) },
    },
      el("span", { class: "theme-icon" }, this.swatches.icon(theme.icon, 20) ?? icon("layers", 18)),
      el("span", { class: "theme-title" }, this.words.of(theme.title)),
      el("span", { class: "theme-count", title: this.words.t("themeCount", { on, all: layers.length }) }, `${on}/${layers.length}`),
      icon("chevron", 16));
    return el("section", { class: "theme", "data-theme": theme.id }, el("div", { class: "theme-row" }, box, head), body);
  }

  #toggleTheme(id) {
    if (!this.#open.delete(id)) this.#open.add(id);
    this.render();
  }

  openTheme(id) {
    this.#open.add(id);
  }

  #switchAll(layers, on) {
    return this.view.switch(layers.map((layer) => layer.id).filter((id) => this.view.on.has(id) !== on), on);
  }

  #layer(layer) {
    const { words, view } = this;
    const on = view.on.has(layer.id);
    const title = words.of(layer.title);
    const name = `layer-${layer.id}`;
    const box = el("input", {
      type: "checkbox", class: "switch", id: name, role: "switch", checked: on, "data-focus": name, "data-layer": layer.id,
      on: { change: () => view.switch([layer.id], !on) },
    });
    const detailed = this.#detailed.has(layer.id);
    const more = iconButton("info", words.t("details", { title }), () => this.#toggleDetails(layer.id), { "aria-expanded": String(detailed), "data-focus": `info ${layer.id}` });
    return el("div", { class: `layer${on ? " is-on" : ""}${layer.count ? "" : " is-empty"}`, "data-row": layer.id },
      el("div", { class: "layer-row" }, box,
        el("label", { class: "layer-title", for: name }, el("span", {}, title), this.#hints(layer)), more),
      detailed ? this.#details(layer) : null);
  }

  /** The small print under a title: how many, and what to be wary of. */
  #hints(layer) {
    const { words } = this;
    return el("span", { class: "hints" },
      el("span", { class: "count" }, layer.count ? words.number(layer.count, 0) : words.t("empty")),
      layer.access !== "public" ? el("span", { class: `badge access-${layer.access}`, title: words.t(`access.${layer.access}.words`) }, words.t(`access.${layer.access}`)) : null,
      layer.sources.some((source) => source.synthetic) ? el("span", { class: "badge is-synthetic", title: words.t("syntheticWords") }, words.t("syntheticShort")) : null,
      el("span", { class: "zoom-hint", "data-zoom-hint": layer.id, hidden: !this.#outOfZoom(layer.id) }, words.t("outOfZoom")));
  }

  #outOfZoom(id) {
    return this.view.on.has(id) && this.view.gl.getZoom() < (this.view.lowest.get(id) ?? 0);
  }

  #markZoom() {
    for (const hint of this.root.querySelectorAll("[data-zoom-hint]")) hint.hidden = !this.#outOfZoom(hint.dataset.zoomHint);
  }

  #toggleDetails(id) {
    if (!this.#detailed.delete(id)) this.#detailed.add(id);
    this.render();
  }

  #details(layer) {
    const { words } = this;
    const rows = [
      [words.t("published"), layer.release ? words.t("releaseOn", { release: layer.release, date: words.date(layer.updated) }) : words.t("never")],
      [words.t("steward"), layer.steward],
      [words.t("scale"), scales(layer.scale)],
      [words.t("evidence"), evidence(layer.evidence, words)],
      [words.t("access"), el("span", { title: words.t(`access.${layer.access}.words`) }, words.t(`access.${layer.access}`))],
      [words.t("sources"), layer.sources.length ? layer.sources.map((source) => sourceLine(source, words)) : "—"],
    ];
    if (layer.note) rows.push([words.t("note"), words.of(layer.note)]);
    const page = el("a", { class: "link", href: at(`/collections/${encodeURIComponent(layer.id)}?f=html`) }, words.t("layerPage"));
    return el("div", { class: "layer-details" },
      el("dl", { class: "facts" }, rows.map(([term, value]) => [el("dt", {}, term), el("dd", {}, ...[value].flat())])),
      el("p", { class: "layer-page" }, page),
      this.view.on.has(layer.id) ? this.#controls(layer) : null);
  }

  #controls(layer) {
    const { words, view } = this;
    const share = view.opacity.get(layer.id) ?? 1;
    const slider = el("input", {
      type: "range", min: "10", max: "100", step: "5", value: String(Math.round(share * 100)), "data-focus": `fade ${layer.id}`,
      on: { input: (event) => view.fade(layer.id, Number(event.target.value) / 100) },
    });
    const near = this.#outOfZoom(layer.id)
      ? el("button", { type: "button", class: "link", on: { click: () => view.fly({ zoom: (view.lowest.get(layer.id) ?? 0) + 0.2 }) } }, words.t("zoomInto"))
      : null;
    const whole = layer.bounds ? el("button", { type: "button", class: "link", on: { click: () => view.fitBox(layer.bounds) } }, words.t("zoomToLayer")) : null;
    return el("div", { class: "layer-controls" }, el("label", { class: "slider" }, el("span", {}, words.t("opacity")), slider), el("div", { class: "layer-links" }, near, whole));
  }

  /** Bring a layer into sight in the tree. */
  reveal(id) {
    const layer = this.catalogue.get(id);
    this.#text = "";
    this.#open.add(layer.theme);
    this.build();
    this.root.querySelector(`[data-row="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  }
}

export function scales(values) {
  const ratios = (values ?? []).map((value) => `1:${String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f")}`);
  return ratios.length ? ratios.join(", ") : "—";
}

/** The mark of evidence (C1…R, proposal) with what it means, said in full. */
export function evidence(mark, words) {
  const marks = String(mark).split("+");
  const meaning = marks.map((one) => words.t(`evidence.${one}`)).join(" ");
  const short = marks.map((one) => (words.has(`evidence.short.${one}`) ? words.t(`evidence.short.${one}`) : one)).join("+");
  return el("span", { class: "evidence" }, el("span", { class: `badge evidence-${marks[0]}`, title: meaning }, short), " ", el("span", { class: "evidence-words" }, meaning));
}

function sourceLine(source, words) {
  const parts = [words.of(source.title), source.rows ? words.t("featureCount", { count: words.number(source.rows, 0) }) : null, source.licence];
  return el("div", { class: "source-line" }, parts.filter(Boolean).join(" · "),
    source.synthetic ? el("span", { class: "badge is-synthetic", title: words.t("syntheticWords") }, words.t("syntheticShort")) : null);
}

