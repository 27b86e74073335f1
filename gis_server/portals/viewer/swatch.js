// Draws one line of a legend, the way the map draws it: area, line, dot or icon of the sprite.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

export class Swatches {
  #icons = {};
  #sheet = null;
  #width = 0;

  /** Icons come from the same sprite as the map's; without it, areas, lines and dots still draw. */
  async load(api, sprite) {
    const scale = devicePixelRatio > 1 ? "@2x" : "";
    this.#icons = await api.json(`${sprite}${scale}.json`).catch(() => ({}));
    this.#sheet = `${sprite}${scale}.png`;
    const image = new Image();
    image.src = this.#sheet;
    await image.decode().then(() => { this.#width = image.naturalWidth; }, () => { this.#icons = {}; });
  }

  icon(name, size = 18) {
    const place = this.#icons[name];
    if (!place) return null;
    const ratio = place.pixelRatio ?? 1;
    const zoom = Math.min(1, size / Math.max(place.width / ratio, place.height / ratio)) / ratio;
    return el("span", {
      class: "sprite",
      "aria-hidden": "true",
      style: {
        width: `${place.width * zoom}px`,
        height: `${place.height * zoom}px`,
        "background-image": `url("${this.#sheet}")`,
        "background-position": `${-place.x * zoom}px ${-place.y * zoom}px`,
        "background-size": `${this.#width * zoom}px auto`,
      },
    });
  }

  draw(entry) {
    const box = el("span", { class: "swatch", "aria-hidden": "true" });
    const sign = entry.icon ? this.icon(entry.icon, entry.shape === "icon" ? 18 : 14) : null;
    if (entry.shape !== "icon") box.append(shape(...(DRAW[entry.shape] ?? fill)(entry).flat()));
    else if (!sign) box.append(shape(circle({ color: "#5b6b75" })));
    if (sign) box.append(sign);
    return box;
  }
}

const DRAW = { fill: (entry) => [fill(entry)], line, circle: (entry) => [circle(entry)] };

function fill({ color, outline, opacity }) {
  return part("rect", { x: 2, y: 2, width: 24, height: 14, rx: 2, fill: color, "fill-opacity": opacity ?? 1, stroke: outline ?? "rgba(20,35,46,.25)", "stroke-width": 1 });
}

function line({ color, width = 2, casing, dash }) {
  const thick = Math.min(Math.max(width, 1.2), 8);
  const common = { x1: 2, y1: 9, x2: 26, y2: 9 };
  const dashes = Array.isArray(dash) ? { "stroke-dasharray": dash.map((one) => one * thick).join(" ") } : {};
  const over = part("line", { ...common, stroke: color, "stroke-width": thick, ...dashes });
  return casing ? [part("line", { ...common, stroke: casing, "stroke-width": thick + 2 }), over] : [over];
}

function circle({ color, outline, opacity }) {
  return part("circle", { cx: 14, cy: 9, r: 5.5, fill: color, "fill-opacity": opacity ?? 1, stroke: outline ?? "rgba(20,35,46,.35)", "stroke-width": 1.4 });
}

function shape(...parts) {
  const svg = part("svg", { width: 28, height: 18, viewBox: "0 0 28 18" });
  svg.append(...parts);
  return svg;
}

function part(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
