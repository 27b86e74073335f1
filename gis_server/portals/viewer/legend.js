// The legend: what the layers drawn at this zoom look like, taken from the style itself.

import { el } from "./dom.js";

export class Legend {
  constructor({ root, words, catalogue, view, swatches }) {
    Object.assign(this, { root, words, catalogue, view, swatches });
    view.addEventListener("layers", () => this.render());
    view.addEventListener("zoom", () => this.render());
  }

  render() {
    const ids = this.view.visible().filter((id) => this.view.legend[id]?.length && this.catalogue.get(id)?.count !== 0);
    const state = `${this.words.language} ${Math.floor(this.view.gl.getZoom())} ${this.view.scheme.name} ${ids.join()}`;
    if (state === this.#state) return;
    this.#state = state;
    const zoom = this.words.number(Math.floor(this.view.gl.getZoom()), 0);
    const groups = this.#inTreeOrder(ids).map((id) => this.#group(id));
    const note = el("p", { class: "quiet" }, ids.length ? this.words.t("legendZoom", { zoom }) : this.words.t("legendEmpty"));
    this.root.replaceChildren(note, ...groups);
  }

  #state = "";

  #inTreeOrder(ids) {
    const order = [...this.catalogue.layers.keys()];
    return ids.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }

  /** A layer drawn in one way is one line; one with classes has a heading. */
  #group(id) {
    const entries = this.view.legend[id];
    if (entries.length === 1) return el("div", { class: "legend-group" }, this.#line(entries[0], this.catalogue.title(id)));
    return el("div", { class: "legend-group" },
      el("h3", {}, this.words.of(this.catalogue.title(id))),
      el("ul", {}, entries.map((entry) => el("li", {}, this.#line(entry, entry.title)))));
  }

  #line(entry, title) {
    return el("div", { class: "legend-line" }, this.swatches.draw(entry), el("span", {}, this.words.of(title)));
  }
}
