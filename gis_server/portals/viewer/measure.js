// Measures lengths and areas in the city grid, the way the city's offices compute them.

import { el, icon, iconButton } from "./dom.js";

export class Measure {
  #points = [];
  active = false;

  constructor({ card, words, view, grids }) {
    Object.assign(this, { card, words, view, grids });
  }

  toggle() {
    if (this.active) this.end();
    else this.#begin();
  }

  #begin() {
    this.active = true;
    this.#points = [];
    this.view.gl.getCanvas().classList.add("is-measuring");
    this.render();
  }

  end() {
    this.active = false;
    this.#points = [];
    this.view.gl.getCanvas().classList.remove("is-measuring");
    this.#draw();
    this.card.hidden = true;
  }

  add(lonLat) {
    this.#points.push(lonLat);
    this.#draw();
    this.render();
  }

  #undo() {
    this.#points.pop();
    this.#draw();
    this.render();
  }

  #draw() {
    const points = this.#points;
    const dots = points.map((coordinates) => ({ type: "Point", coordinates }));
    const line = points.length === 2 ? { type: "LineString", coordinates: points } : null;
    const ring = points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : null;
    this.view.draw("measure", [ring, line, ...dots]);
  }

  render() {
    if (!this.active) return;
    const { words } = this;
    const { length, perimeter, area } = measured(this.#points.map((point) => this.grids.toGrid(point)));
    const rows = [[words.t("measureLength"), lengthText(length, words)]];
    if (area) rows.push([words.t("measurePerimeter"), lengthText(perimeter, words)], [words.t("measureArea"), areaText(area, words)]);
    this.card.hidden = false;
    this.card.replaceChildren(
      el("div", { class: "card-head" }, el("h2", {}, words.t("measure")), iconButton("close", words.t("measureEnd"), () => this.end())),
      el("div", { class: "card-body" },
        this.#points.length < 2
          ? el("p", { class: "quiet" }, words.t("measureHint"))
          : el("dl", { class: "facts measured", role: "status" }, rows.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
        el("p", { class: "quiet" }, words.t("measureGrid", { title: words.of(this.grids.title(this.grids.stored)) })),
        this.#points.length ? el("button", { type: "button", class: "button", on: { click: () => this.#undo() } }, icon("undo", 16), words.t("measureUndo")) : null));
  }
}

/** Length of the line and, from three points on, perimeter and area of the ring, in grid metres. */
export function measured(points) {
  let [length, twice] = [0, 0];
  points.forEach(([x, y], place) => {
    const [nextX, nextY] = points[(place + 1) % points.length];
    if (place < points.length - 1) length += Math.hypot(nextX - x, nextY - y);
    twice += (x - points[0][0]) * (nextY - points[0][1]) - (nextX - points[0][0]) * (y - points[0][1]);
  });
  const perimeter = points.length > 2 ? length + Math.hypot(points[0][0] - points.at(-1)[0], points[0][1] - points.at(-1)[1]) : 0;
  return { length, perimeter, area: points.length > 2 ? Math.abs(twice) / 2 : 0 };
}

export function lengthText(metres, words) {
  return metres < 10000 ? `${words.number(metres, 1)} m` : `${words.number(metres / 1000, 2)} km`;
}

export function areaText(square, words) {
  if (square < 10000) return `${words.number(square, 1)} m²`;
  const hectares = `${words.number(square / 10000, 2)} ha`;
  return square < 1e6 ? hectares : `${hectares} · ${words.number(square / 1e6, 2)} km²`;
}
