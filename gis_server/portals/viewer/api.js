// Asks the server, and turns every failure into a sentence for the person at the screen.

import { at } from "./home.js";

const PATIENCE_MS = 20_000;

/** A failure in words; `away` when the server could not be reached at all. */
export class ServerError extends Error {
  constructor(text, { status = 0, away = false } = {}) {
    super(typeof text === "string" ? text : text.vi);
    this.text = text;
    this.status = status;
    this.away = away;
  }
}

export class Api {
  #words;
  #key;
  release = null;

  constructor(words, key) {
    this.#words = words;
    this.#key = key;
  }

  get hasKey() {
    return Boolean(this.#key);
  }

  headers() {
    return this.#key ? { "Bando-Key": this.#key } : {};
  }

  /** An address for a page of its own, which this page's key goes along to: it would show less without. */
  address(path, query) {
    return `${at(path)}?${new URLSearchParams({ ...query, ...(this.#key ? { key: this.#key } : {}) })}`;
  }

  async json(path, { signal } = {}) {
    const response = await this.#ask(path, signal);
    this.#noteRelease(response);
    if (!response.ok) throw await this.#refusal(response);
    return response.json();
  }

  /** Whether the server answers at all. */
  async alive() {
    try {
      const response = await this.#ask("/health");
      return response.ok;
    } catch {
      return false;
    }
  }

  /**
   * MapLibre's requests carry the caller's key like ours, and never leave this server with it. Tiles are always asked for
   * anew (a 304 costs little): the browser's own copy may be from before a release that the map has just heard of.
   */
  transformRequest = (url) => {
    const { origin, href } = new URL(url, location.href);
    if (origin !== location.origin) return { url };
    return { url, headers: this.headers(), ...(href.startsWith(at("/tiles/")) ? { cache: "no-cache" } : {}) };
  };

  /** The parts of an endless answer as they come, as text. EventSource would not carry the key. */
  async *parts(path, { signal, headers = {} }) {
    const response = await fetch(at(path), { headers: { ...this.headers(), ...headers }, signal, cache: "no-store" });
    this.#noteRelease(response);
    if (!response.ok) throw await this.#refusal(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  }

  async #ask(path, signal) {
    const limit = AbortSignal.timeout(PATIENCE_MS);
    try {
      return await fetch(at(path), {
        headers: { Accept: "application/json", ...this.headers() },
        signal: signal && AbortSignal.any ? AbortSignal.any([signal, limit]) : (signal ?? limit),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ServerError(this.#words.t("unreachable"), { away: true });
    }
  }

  #noteRelease(response) {
    const release = Number(response.headers.get("Bando-Release"));
    if (release) this.release = release;
  }

  async #refusal(response) {
    const problem = await response.json().catch(() => ({}));
    const vi = [problem.title, problem.detail].filter(Boolean).join(" ");
    const en = [problem.title_en, problem.detail_en].filter(Boolean).join(" ");
    const fallback = this.#words.t("refused", { status: response.status });
    return new ServerError(vi ? { vi, en: en || vi } : fallback, { status: response.status, away: response.status >= 502 });
  }
}
