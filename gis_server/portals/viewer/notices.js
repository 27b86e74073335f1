// What the reader must know without asking: which view is in force, synthetic data on screen, and trouble with the server.

import { el, icon, iconButton } from "./dom.js";
import { forgetKey } from "./share.js";

const BRIEF_MS = 4_000;
const WAITS_MS = [3_000, 6_000, 12_000, 30_000];
const CALM_MS = 120_000;

/** A short message that goes by itself, and one at a time. */
export class Notice {
  #timer = 0;

  constructor({ root, words }) {
    Object.assign(this, { root, words });
  }

  say(text, { stay = false } = {}) {
    clearTimeout(this.#timer);
    this.root.replaceChildren(el("span", {}, text), iconButton("close", this.words.t("close"), () => this.hush()));
    this.root.hidden = false;
    if (!stay) this.#timer = setTimeout(() => this.hush(), BRIEF_MS);
  }

  hush() {
    this.root.hidden = true;
  }
}

/** The strip that names the view in force; nothing for the public view. */
export function viewBanner({ root, words, view, byKey, catalogue }) {
  const restricted = [...catalogue.layers.values()].some((layer) => layer.access !== "public");
  root.hidden = view.name === "public" || (!byKey && !restricted && view.name !== "full");
  if (root.hidden) return;
  const sentence = byKey ? "view.key" : view.name === "full" ? "view.demo" : "view.open";
  root.replaceChildren(icon(byKey ? "key" : "info", 16), el("span", {}, words.t(sentence, { title: words.of(view.title) })),
    ...(sentence === "view.demo" ? [el("span", { class: "banner-more" }, words.t("view.demo.more"))] : []),
    ...(byKey ? [el("button", { type: "button", class: "link", on: { click: forgetKey } }, words.t("viewForget"))] : []));
}

/** The mark over the map while data that no one measured is on screen. */
export function syntheticBadge({ root, words, catalogue, view }) {
  const ids = view.syntheticOnScreen();
  root.hidden = ids.length === 0;
  root.textContent = words.t("synthetic");
  const titles = ids.slice(0, 8).map((id) => words.of(catalogue.title(id))).join(", ") + (ids.length > 8 ? "…" : "");
  root.title = `${words.t("syntheticWords")} ${words.t("syntheticLayers", { titles })}`;
}

/** Watches for a server or network that went away, says so, and asks for the map again once it is back. */
export class Watch {
  #waiting = 0;
  #tries = 0;
  #latest = 0;

  constructor({ root, words, api, view, notice }) {
    Object.assign(this, { root, words, api, view, notice });
    view.addEventListener("trouble", ({ detail }) => this.#trouble(detail));
    addEventListener("offline", () => this.#show("offline"));
    addEventListener("online", () => this.#check());
  }

  /** MapLibre gives status 0 when nothing answered; an error without a status is not about the network. */
  #trouble(error) {
    if (error?.status === undefined) return console.error(error);
    if (error.status !== 0 && error.status < 500) return;
    this.#show(error.status === 0 ? (navigator.onLine ? "serverAway" : "offline") : "tilesFailed");
  }

  #show(key) {
    const changed = this.key !== key;
    this.key = key;
    if (changed) this.render();
    if (Date.now() - this.#latest > CALM_MS) this.#tries = 0;
    this.#latest = Date.now();
    this.#waiting ||= setTimeout(() => this.#check(), WAITS_MS[Math.min(this.#tries++, WAITS_MS.length - 1)]);
  }

  async #check() {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    if (!this.key) return;
    if (!(await this.api.alive())) return this.#show(navigator.onLine ? "serverAway" : "offline");
    if (this.key !== "tilesFailed") this.notice.say(this.words.t("serverBack"));
    this.key = null;
    this.root.hidden = true;
    this.view.refresh();
  }

  render() {
    if (!this.key) return;
    this.root.hidden = false;
    this.root.replaceChildren(el("span", {}, this.words.t(this.key)), el("button", { type: "button", class: "link", on: { click: () => this.#check() } }, this.words.t("retry")));
  }
}
