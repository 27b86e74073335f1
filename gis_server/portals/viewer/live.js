// Hears of each release while the map is open, and asks again for the tiles on screen that it touched.

const AGAIN_MS = 5_000;
const LONGEST_MS = 60_000;

export class Live {
  #api;
  #view;
  #last = null;
  #wait = AGAIN_MS;

  constructor({ api, view }) {
    this.#api = api;
    this.#view = view;
    this.release = null;
  }

  /** Listen as long as the page is open; a connection that ends is made again where it ended. */
  async listen() {
    for (;;) {
      try {
        await this.#hear();
      } catch (error) {
        if (error.status === 404 || error.status === 401) return;
      }
      await new Promise((resolve) => setTimeout(resolve, this.#wait));
      this.#wait = Math.min(2 * this.#wait, LONGEST_MS);
    }
  }

  async #hear() {
    const headers = this.#last ? { "Last-Event-ID": this.#last } : {};
    let unread = "";
    for await (const part of this.#api.parts("/events", { headers })) {
      const events = (unread + part).split("\n\n");
      unread = events.pop();
      this.#wait = AGAIN_MS;
      for (const event of events) this.#take(Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2))));
    }
  }

  #take({ id, event, data }) {
    if (!id) return;
    this.#last = id;
    const { release, layers = {} } = JSON.parse(data);
    this.release = release;
    if (event === "reset") return this.#view.renew({ has: () => true }, () => true);
    const names = new Set(Object.keys(layers));
    if (names.size) this.#view.renew(names, touches(Object.values(layers)));
  }
}

/** Whether a tile is in, above or below one of `tiles`, or one of `alone`. */
export function touches(layers) {
  const tiles = layers.flatMap((layer) => layer.tiles);
  const alone = new Set(layers.flatMap((layer) => layer.alone).map(String));
  return (z, x, y) => alone.has(String([z, x, y])) || tiles.some(([tz, tx, ty]) => {
    const up = Math.abs(z - tz);
    return z >= tz ? x >> up === tx && y >> up === ty : tx >> up === x && ty >> up === y;
  });
}
