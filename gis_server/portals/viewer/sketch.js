// Draws ground on the map, corner by corner, and leads to its dossier: with a mouse, a finger or the keyboard alone.

import { el, icon, iconButton } from "./dom.js";
import { areaText, lengthText, measured } from "./measure.js";

const SAME_PIXELS = 5;
const CLOSING_PIXELS = 14;
const MOST_CORNERS = 500;
const MOST_AREA_M2 = 1e6;
const KEYS = matchMedia("(hover: hover)");

export class Sketch {
  #points = [];
  /** Whether clicks set corners now. */
  drawing = false;

  constructor({ card, words, view, grids, api, measure, identify }) {
    Object.assign(this, { card, words, view, grids, api, measure, identify });
  }

  toggle() {
    if (this.drawing || this.#points.length) this.end();
    else this.begin();
  }

  begin() {
    this.measure.end();
    this.identify.close();
    this.#points = [];
    this.#go(true);
    this.view.gl.getCanvas().focus({ preventScroll: true });
    this.render();
  }

  end() {
    this.#points = [];
    this.#go(false);
    this.#draw();
    this.card.hidden = true;
  }

  /** The last corner is set: what was drawn stays, and clicks ask what is there again. */
  finish() {
    if (this.#points.length < 3) return;
    this.#go(false);
    this.#draw();
    this.render();
    this.card.querySelector("a.button")?.focus();
  }

  /** A corner; on the first one it closes the shape, and the second click of two at one spot is none. */
  add(lonLat) {
    if (this.#points.length > 2 && this.#near(lonLat, this.#points[0], CLOSING_PIXELS)) return this.finish();
    if (this.#points.length && this.#near(lonLat, this.#points.at(-1), SAME_PIXELS)) return;
    if (this.#points.length < MOST_CORNERS) this.#points.push(lonLat);
    this.#draw();
    this.render();
  }

  undo() {
    if (!this.drawing) this.#go(true);
    this.#points.pop();
    this.#draw();
    this.render();
  }

  /** Keys on the map while drawing: whether this one was meant for the shape. */
  key(event) {
    if (!this.drawing) return false;
    if (event.key === "Enter" && event.shiftKey) this.finish();
    else if (event.key === "Enter") this.add(this.view.camera().center);
    else if (event.key === "Backspace" || event.key === "Delete") this.undo();
    else if (event.key === "Escape") this.end();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #go(drawing) {
    const { gl } = this.view;
    this.drawing = drawing;
    gl.getCanvas().classList.toggle("is-drawing", drawing);
    gl.doubleClickZoom[drawing ? "disable" : "enable"]();
  }

  #near(one, other, pixels) {
    const [a, b] = [this.view.gl.project(one), this.view.gl.project(other)];
    return Math.hypot(a.x - b.x, a.y - b.y) <= pixels;
  }

  #draw() {
    const points = this.#points;
    const dots = points.map((coordinates) => ({ type: "Point", coordinates }));
    const line = points.length === 2 ? { type: "LineString", coordinates: points } : null;
    const ring = points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : null;
    this.view.draw("sketch", [ring, line, ...dots]);
  }

  render() {
    if (!this.drawing && !this.#points.length) return;
    const { words } = this;
    this.card.hidden = false;
    this.card.replaceChildren(
      el("div", { class: "card-head" }, el("h2", {}, words.t("draw")), iconButton("close", words.t("drawEnd"), () => this.end())),
      el("div", { class: "card-body" }, ...this.#told(),
        this.#points.length ? el("div", { class: "tool-actions" },
          this.drawing && this.#points.length > 2 ? el("button", { type: "button", class: "button", on: { click: () => this.finish() } }, words.t("drawDone")) : null,
          el("button", { type: "button", class: "button", on: { click: () => this.undo() } }, icon("undo", 16), words.t("measureUndo"))) : null));
  }

  #told() {
    const { words } = this;
    if (this.#points.length < 3) return ["drawHint", ...(KEYS.matches ? ["drawKeys"] : [])].map((hint) => el("p", { class: "quiet" }, words.t(hint)));
    const corners = this.#points.map((point) => this.grids.toGrid(point));
    const { perimeter, area } = measured(corners);
    const wrong = crosses(corners) ? "drawCrosses" : area > MOST_AREA_M2 ? "drawLarge" : null;
    const facts = [[words.t("measureArea"), areaText(area, words)], [words.t("measurePerimeter"), lengthText(perimeter, words)]];
    return [
      el("dl", { class: "facts measured", role: "status" }, facts.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
      wrong
        ? el("p", { class: "problem", role: "alert" }, words.t(wrong))
        : el("a", { class: "button is-primary", href: this.#dossier(corners), target: "_blank", rel: "noopener" }, words.t("drawDossier")),
    ];
  }

  /** Corners as on a certificate: X north, Y east, to the millimetre of the stored grid. */
  #dossier(corners) {
    const listed = corners.map(([east, north]) => `${north.toFixed(3)} ${east.toFixed(3)}`).join(";");
    return this.api.address("/planning/dossier", { f: "html", corners: listed, grid: this.grids.stored });
  }
}

/** Whether any two sides of the ring that do not meet in a corner cut each other. */
export function crosses(ring) {
  const sides = ring.map((point, place) => [point, ring[(place + 1) % ring.length]]);
  return sides.some(([a, b], one) => sides.some(([c, d], other) => other > one + 1 && !(one === 0 && other === sides.length - 1) && cut(a, b, c, d)));
}

function cut(a, b, c, d) {
  const side = ([px, py], [qx, qy], [rx, ry]) => Math.sign((qx - px) * (ry - py) - (qy - py) * (rx - px));
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}
