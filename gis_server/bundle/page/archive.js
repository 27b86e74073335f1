// An archive of tiles, read page by page from scripts beside this page: no server, no range requests, the same everywhere.

const MOST_KEPT = 64;

export class PagedArchive {
  #kept = new Map();

  constructor(kit, { key, name, page, pages }) {
    Object.assign(this, { kit, key, name, page, pages });
  }

  getKey() {
    return this.key;
  }

  async getBytes(offset, length) {
    const last = Math.min(Math.floor((offset + length - 1) / this.page), this.pages - 1);
    const parts = [];
    for (let number = Math.floor(offset / this.page); number <= last; number += 1) parts.push(this.#page(number));
    const bytes = joined(await Promise.all(parts));
    const start = offset % this.page;
    return { data: bytes.slice(start, start + length).buffer };
  }

  /** Pages used last stay in memory. */
  #page(number) {
    const found = this.#kept.get(number) ?? this.#fetched(number);
    this.#kept.delete(number);
    this.#kept.set(number, found);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value);
    return found;
  }

  #fetched(number) {
    const name = `${this.name}/${String(number).padStart(5, "0")}`;
    const file = `page/tiles/${name}.js`;
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      this.kit.pages.set(name, resolve);
      script.src = file;
      script.onload = () => script.remove();
      script.onerror = () => { this.#kept.delete(number); reject(new Error(file)); };
      document.head.append(script);
    });
  }
}

function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
