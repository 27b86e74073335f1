// The search box: asks its providers as the reader types, and carries out what is chosen.

import { decimalDegrees, metres, readCoordinates } from "./coordinates.js";
import { el, icon, iconButton } from "./dom.js";

const PAUSE_MS = 120;
const MOST = 12;
const FROM_SERVER = 9;
const [SURE, LIKELY, MAYBE] = [0, 1, 2];
const ICONS = { unit: "area", parcel: "area", plan: "area", road: "chevron" };

/**
 * A provider is {name, find(text, signal) → results or a promise of them}; a result is
 * {icon, title, detail, rank, choose()}: lower ranks first, and among equals in the order of the providers.
 */
export class Search {
  #results = [];
  #active = -1;
  #timer = 0;
  #asking = null;

  constructor({ root, words, providers }) {
    Object.assign(this, { root, words, providers });
  }

  build() {
    const { words } = this;
    const text = this.input?.value ?? "";
    this.input = el("input", {
      id: "search", type: "text", class: "search-input", role: "combobox", autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
      "aria-autocomplete": "list", "aria-controls": "search-results", "aria-expanded": "false", "aria-label": words.t("search"), placeholder: words.t("search"), value: text,
      on: { input: () => this.#later(), keydown: (event) => this.#key(event), focus: () => this.#later(), blur: () => setTimeout(() => this.#close(), 150) },
    });
    this.list = el("div", { id: "search-results", class: "search-results", role: "listbox", "aria-label": words.t("search"), hidden: true });
    this.clear = iconButton("close", words.t("searchClear"), () => this.#clear(), { hidden: !text });
    this.status = el("span", { class: "visually-hidden", role: "status" });
    this.root.replaceChildren(el("div", { class: "search-box" }, icon("search", 18), this.input, this.clear), this.list, this.status);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#find(), PAUSE_MS);
  }

  async #find() {
    const text = this.input.value.trim();
    this.clear.hidden = !text;
    this.#asking?.abort();
    if (!text) return this.#hint();
    const asking = (this.#asking = new AbortController());
    const found = await Promise.all(this.providers.map(async ({ find }) => find(text, asking.signal)).map((one) => one.catch(() => [])));
    if (asking.signal.aborted) return;
    this.#results = found.flat().sort((one, other) => one.rank - other.rank).slice(0, MOST);
    this.#active = this.#results.length ? 0 : -1;
    this.#show(text);
  }

  #hint() {
    this.#results = [];
    this.list.replaceChildren(el("p", { class: "search-none" }, this.words.t("searchHint")));
    this.#open(document.activeElement === this.input);
  }

  #show(text) {
    const { words } = this;
    const rows = this.#results.map((result, place) =>
      el("div", {
        role: "option", id: `search-${place}`, class: "search-result", "aria-selected": String(place === this.#active),
        on: { mousedown: (event) => event.preventDefault(), click: () => this.#choose(place), mousemove: () => this.#point(place) },
      }, icon(result.icon, 18), el("span", { class: "search-words" }, el("span", { class: "search-title" }, result.title), el("span", { class: "search-detail" }, result.detail))));
    this.list.replaceChildren(...(rows.length ? rows : [el("p", { class: "search-none" }, words.t("searchNone", { text }))]));
    this.status.textContent = words.t("searchCount", { count: rows.length });
    this.#open(document.activeElement === this.input);
    this.#point(this.#active);
  }

  #point(place) {
    this.#active = place;
    for (const row of this.list.querySelectorAll("[role=option]")) row.setAttribute("aria-selected", String(row.id === `search-${place}`));
    if (place >= 0) this.input.setAttribute("aria-activedescendant", `search-${place}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  async #key(event) {
    const count = this.#results.length;
    if (event.key === "ArrowDown" && count) this.#point((this.#active + 1) % count);
    else if (event.key === "ArrowUp" && count) this.#point((this.#active - 1 + count) % count);
    else if (event.key === "Enter") await this.#enter();
    else if (event.key === "Escape") this.#escape();
    else return;
    event.preventDefault();
  }

  /** Enter means the text as it stands now, also when the list has not caught up with the typing. */
  async #enter() {
    clearTimeout(this.#timer);
    const active = this.#active;
    await this.#find();
    this.#choose(active > 0 && active < this.#results.length ? active : 0);
  }

  #escape() {
    if (this.list.hidden) this.#clear();
    else this.#close();
  }

  #choose(place) {
    const result = this.#results[place];
    if (!result) return;
    this.#close();
    this.input.blur();
    result.choose();
  }

  #clear() {
    this.input.value = "";
    this.clear.hidden = true;
    this.#close();
    this.input.focus();
  }

  #open(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  #close() {
    this.#open(false);
  }
}

/** Coordinates in the usual writings. `go(lonLat)` flies there and marks the place. */
export function coordinateProvider({ words, grids, go }) {
  const detail = (point) => (point.kind === "wgs84" ? "WGS 84" : words.of(point.title));
  const title = (point) => (point.kind === "wgs84" ? decimalDegrees(point.lonLat) : `E ${metres(point.grid[0])}  N ${metres(point.grid[1])}`);
  return {
    name: "coordinates",
    find: (text) => readCoordinates(text, grids).map((point) => ({ icon: "point", rank: SURE, title: title(point), detail: `${words.t("coordinate")} · ${detail(point)}`, choose: () => go(point.lonLat) })),
  };
}

/** Layers by name, marks or no marks. `show(id)` switches one on and brings it into sight. */
export function layerProvider({ words, catalogue, view, show }) {
  const detail = (layer) => `${words.t("layer")} · ${words.t(view.on.has(layer.id) ? "layerOn" : "layerOff")}`;
  return {
    name: "layers",
    find: (text) => catalogue.find(text).map((layer) => ({ icon: "layers", rank: LIKELY, title: words.of(layer.title), detail: detail(layer), choose: () => show(layer.id) })),
  };
}

/** Names, addresses, parcels, units of every era and codes, as the server knows them. `open(result)` brings one into sight. */
export function serverProvider({ words, api, open }) {
  const note = { similar: "searchSimilar", nearby: "searchNearby" };
  const detail = (one) => [words.t(`kind.${one.kind}`), words.of(one.detail), note[one.match] && words.t(note[one.match])].filter(Boolean).join(" · ");
  const rank = (one) => (one.match === "exact" ? SURE : one.match === "begins" ? LIKELY : MAYBE);
  return {
    name: "server",
    find: async (text, signal) => {
      const { results } = await api.json(`/search?${new URLSearchParams({ q: text, limit: FROM_SERVER })}`, { signal });
      const shown = results.filter((one) => one.kind !== "coordinate" && one.point); // the box reads coordinates itself
      return shown.map((one) => ({ icon: ICONS[one.kind] ?? "point", rank: rank(one), title: one.title, detail: detail(one), choose: () => open(one) }));
    },
  };
}
