// The list of layers with what they look like, by theme: each can be switched, hidden ones start switched off.

import { el } from "kit/dom.js";
import { drawnFrom } from "kit/mapstyle.js";

export class LayerList {
  constructor({ root, words, about, swatches, view }) {
    Object.assign(this, { root, words, about, swatches, view });
    view.map.on("zoomend", () => this.#markZoom());
  }

  render() {
    const { words, about } = this;
    const style = about.styles.light;
    this.lowest = drawnFrom(style);
    const shown = about.layers.filter((layer) => style.metadata["bando:layers"].includes(layer.id) && this.lowest.has(layer.id));
    const themes = about.themes.map((theme) => ({ theme, layers: shown.filter((layer) => layer.theme === theme.id) }));
    this.root.setAttribute("aria-label", words.t("layersLabel"));
    this.root.replaceChildren(...themes.filter(({ layers }) => layers.length).map(({ theme, layers }) =>
      el("section", { class: "theme" }, el("h2", {}, words.of(theme.title)), layers.map((layer) => this.#layer(layer)))));
    if (about.data) this.root.append(el("p", { class: "quiet" }, words.t("data", { file: about.data })));
    this.root.append(el("p", { class: "quiet" }, words.t("readme")));
    this.#markZoom();
  }

  #layer(layer) {
    const { words, view } = this;
    const entries = view.legend[layer.id] ?? [];
    const box = el("input", { type: "checkbox", checked: view.on.has(layer.id), "data-layer": layer.id, on: { change: (event) => view.switch(layer.id, event.target.checked) } });
    const head = el("label", { class: "layer" }, box, entries.length === 1 ? this.swatches.draw(entries[0]) : null,
      el("span", { class: "layer-title" }, words.of(layer.title),
        layer.synthetic ? el("span", { class: "badge" }, words.t("syntheticShort")) : null,
        el("span", { class: "zoom-hint", "data-zoom-hint": layer.id }, words.t("fromZoom"))));
    const lines = entries.length > 1 ? el("details", { class: "legend" }, el("summary", {}, words.t("legend", { count: entries.length })),
      el("ul", {}, entries.map((entry) => el("li", {}, this.swatches.draw(entry), el("span", {}, words.of(entry.title)))))) : null;
    return el("div", {}, head, lines);
  }

  #markZoom() {
    const zoom = this.view.map.getZoom();
    for (const hint of this.root.querySelectorAll("[data-zoom-hint]")) {
      const id = hint.dataset.zoomHint;
      hint.hidden = !this.view.on.has(id) || zoom >= this.lowest.get(id);
    }
  }
}
