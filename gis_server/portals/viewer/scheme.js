// Day or night: as the reader's system has it, until the reader chooses. The page's colours follow by CSS, the map by its style.

const STORE = "bando-scheme";
const SYSTEM = matchMedia("(prefers-color-scheme: dark)");

export class Scheme extends EventTarget {
  #chosen = localStorage.getItem(STORE);

  constructor() {
    super();
    this.#apply();
    SYSTEM.addEventListener("change", () => this.#chosen || this.#apply());
  }

  get name() {
    return this.#chosen ?? (SYSTEM.matches ? "dark" : "light");
  }

  toggle() {
    this.#chosen = this.name === "dark" ? "light" : "dark";
    localStorage.setItem(STORE, this.#chosen);
    this.#apply();
  }

  #apply() {
    document.documentElement.dataset.scheme = this.name;
    this.dispatchEvent(new Event("change"));
  }
}
