// The panel with the tree and the legend: a column on a wide screen, a sheet that rises from below on a phone.

import { el, icon, iconButton } from "./dom.js";
import { NARROW } from "./mapview.js";

const TABS = [["layers", "layers"], ["legend", "legend"]];
const HEIGHTS = ["low", "half", "full"];

export class Panel {
  constructor({ root, words, bodies }) {
    Object.assign(this, { root, words, bodies });
    this.tab = "layers";
    this.height = "low";
  }

  build() {
    const { words } = this;
    const tabs = TABS.map(([tab, picture]) =>
      el("button", {
        type: "button", role: "tab", class: "tab", id: `tab-${tab}`, "aria-selected": String(tab === this.tab), "aria-controls": `panel-${tab}`,
        tabindex: tab === this.tab ? "0" : "-1", on: { click: () => this.show(tab), keydown: (event) => this.#arrows(event) },
      }, icon(picture, 18), words.t(tab)));
    this.handle = el("button", { type: "button", class: "sheet-handle", "aria-label": words.t("panelDrag"), on: { click: () => this.#step() } }, el("span", {}));
    this.hide = iconButton("chevron", words.t("panelHide"), () => this.collapse(true), { class: "icon-button panel-hide" });
    const head = this.root.querySelector(".panel-head");
    head.replaceChildren(this.handle, el("div", { class: "tabs", role: "tablist", "aria-label": words.t("panel") }, tabs), this.hide);
    this.root.setAttribute("aria-label", words.t("panel"));
    this.#drag();
    this.#apply();
  }

  show(tab) {
    const same = tab === this.tab;
    this.tab = tab;
    if (NARROW.matches && (this.height === "low" || same)) this.height = this.height === "low" ? "half" : "low";
    this.build();
    this.root.querySelector(`#tab-${tab}`).focus();
  }

  collapse(collapsed) {
    document.body.classList.toggle("panel-hidden", collapsed);
    const target = collapsed ? document.querySelector("#panel-show") : this.hide;
    target.focus();
  }

  lower() {
    this.height = "low";
    this.#apply();
  }

  #arrows(event) {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    this.show(this.tab === "layers" ? "legend" : "layers");
  }

  #step() {
    this.height = HEIGHTS[(HEIGHTS.indexOf(this.height) + 1) % HEIGHTS.length];
    this.#apply();
  }

  /** Drag the handle up or down to the nearest of three heights. */
  #drag() {
    let start = null;
    this.handle.addEventListener("pointerdown", (event) => {
      start = event.clientY;
      this.handle.setPointerCapture(event.pointerId);
    });
    this.handle.addEventListener("pointerup", (event) => {
      const moved = start - event.clientY;
      if (Math.abs(moved) < 24) return;
      const place = HEIGHTS.indexOf(this.height) + Math.sign(moved) * (Math.abs(moved) > innerHeight / 2 ? 2 : 1);
      this.height = HEIGHTS[Math.min(Math.max(place, 0), 2)];
      this.#apply();
      this.handle.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
    });
  }

  #apply() {
    this.root.dataset.height = this.height;
    for (const [tab, body] of Object.entries(this.bodies)) body.hidden = tab !== this.tab;
  }
}
