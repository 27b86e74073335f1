"use strict";
// A map on a canvas, without libraries or network. Places are metres from an origin of the page's choice, x east, y north.

class PaperMap {
  /** `pick` is told the feature that was clicked, or null. */
  constructor(canvas, pick) {
    Object.assign(this, { canvas, pick, pen: canvas.getContext("2d"), ground: [], features: [], chosen: null, scale: 1, x: 0, y: 0, width: 0, height: 0 });
    this.frame = canvas.closest(".map");
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** Lines in the background: runs of [x, y, x, y, …]. */
  addGround(runs, { colour, width = 1 }) {
    const one = { path: pathOf(runs, false), colour, width, visible: true };
    this.ground.push(one);
    return one;
  }

  /** A feature: runs of coordinates (a run of one place is a point), and how it is drawn. */
  addFeature({ runs, area = false, dashed = false, colour, ...about }) {
    const places = runs.filter((run) => run.length === 2), lines = runs.filter((run) => run.length > 2);
    const one = { ...about, runs, area, dashed, colour, places, path: lines.length ? pathOf(lines, area) : null, box: boxOf(runs), visible: true };
    this.features.push(one);
    return one;
  }

  resize() {
    const first = !this.width, ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!this.width || !this.height) return;
    [this.canvas.width, this.canvas.height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (first) this.fitAll();
    else this.draw();
  }

  fitAll() {
    const boxes = this.features.filter((one) => one.visible && one.box).map((one) => one.box);
    this.fit(boxes.length ? withoutStrays(boxes).reduce(joined) : [-500, -500, 500, 500]);
  }

  /** Shows a box with some room around it, never closer than `least` metres across. */
  fit([west, south, east, north], least = 60) {
    [this.x, this.y] = [(west + east) / 2, (south + north) / 2];
    this.scale = 0.86 * Math.min(this.width / Math.max(east - west, least), this.height / Math.max(north - south, least));
    this.draw();
  }

  choose(one, { move = false } = {}) {
    this.chosen = one;
    if (one && move && one.box) this.fit(one.box);
    this.draw();
  }

  draw() {
    if (!this.width) return;
    const pen = this.pen, ratio = this.canvas.width / this.width, k = this.scale * ratio;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(k, 0, 0, -k, this.canvas.width / 2 - this.x * k, this.canvas.height / 2 + this.y * k);
    pen.lineJoin = "round";
    for (const one of this.ground) if (one.visible) this.stroke(one.path, one.colour, one.width);
    const shown = this.features.filter((one) => one.visible && one !== this.chosen && this.isInSight(one));
    if (this.chosen?.visible) shown.push(this.chosen);
    for (const one of shown) this.drawLines(one);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const radius = shown.length > 800 ? 3 : 5.5;
    for (const one of shown) for (const place of one.places) this.drawPoint(place, one, radius);
    this.showScale();
    this.canvas.dataset.drawn = shown.length;
  }

  drawLines(one) {
    if (!one.path) return;
    const pen = this.pen;
    if (one.area && !one.dashed) {
      pen.fillStyle = one.colour;
      pen.globalAlpha = 0.3;
      pen.fill(one.path, "evenodd");
      pen.globalAlpha = 1;
    }
    pen.setLineDash(one.dashed ? [6 / this.scale, 4 / this.scale] : []);
    this.stroke(one.path, one.colour, one === this.chosen ? 4 : 2);
    pen.setLineDash([]);
  }

  drawPoint([x, y], one, radius) {
    const [across, down] = this.at(x, y), pen = this.pen, isChosen = one === this.chosen;
    pen.beginPath();
    pen.arc(across, down, isChosen ? 9 : radius, 0, 7);
    pen.fillStyle = one.colour;
    pen.fill();
    pen.lineWidth = isChosen ? 3 : radius / 4;
    pen.strokeStyle = isChosen ? "#1d2b33" : "#fff";
    pen.stroke();
  }

  stroke(path, colour, width) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width / this.scale;
    this.pen.stroke(path);
  }

  isInSight({ box }) {
    const [wide, high] = [this.width / 2 / this.scale, this.height / 2 / this.scale];
    return box && box[0] <= this.x + wide && box[2] >= this.x - wide && box[1] <= this.y + high && box[3] >= this.y - high;
  }

  at(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale];
  }

  showScale() {
    const nice = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
    const length = nice.findLast((metres) => metres * this.scale <= this.width / 4) ?? nice[0];
    this.frame.querySelector(".scale i").style.width = `${length * this.scale}px`;
    this.frame.querySelector(".scale span").textContent = length < 1000 ? `${length} m` : `${length / 1000} km`;
  }

  /** The nearest feature within reach of a finger; a chosen one again only when nothing else is there. */
  nearest(across, down) {
    const near = this.features.filter((one) => one.visible && this.isInSight(one)).map((one) => [this.distance(one, across, down), one]);
    return near.filter(([far]) => far < 14).sort((a, b) => a[0] - b[0])[0]?.[1] ?? null;
  }

  distance(one, across, down) {
    let least = Infinity;
    for (const run of one.runs) {
      for (let i = 0; i < run.length; i += 2) {
        const [ax, ay] = this.at(run[Math.max(i - 2, 0)], run[Math.max(i - 1, 1)]), [bx, by] = this.at(run[i], run[i + 1]);
        const length = (bx - ax) ** 2 + (by - ay) ** 2;
        const t = length ? Math.max(0, Math.min(1, ((across - ax) * (bx - ax) + (down - ay) * (by - ay)) / length)) : 0;
        least = Math.min(least, Math.hypot(ax + t * (bx - ax) - across, ay + t * (by - ay) - down));
      }
    }
    return one.path ? least : least - 5;
  }

  zoom(by, across = this.width / 2, down = this.height / 2) {
    const [dx, dy] = [across - this.width / 2, this.height / 2 - down], scale = Math.min(Math.max(this.scale * by, 1e-3), 400);
    this.x += dx / this.scale - dx / scale;
    this.y += dy / this.scale - dy / scale;
    this.scale = scale;
    this.draw();
  }

  listen() {
    const fingers = new Map(), canvas = this.canvas;
    let moved = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (!fingers.size) moved = false;
      fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const was = fingers.get(event.pointerId);
      if (!was) return;
      const now = [event.offsetX, event.offsetY], other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (Math.hypot(now[0] - was[0], now[1] - was[1]) < 3 && !moved) return;
      moved = true;
      fingers.set(event.pointerId, now);
      if (other) return this.zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(Math.hypot(was[0] - other[0], was[1] - other[1]), 1), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      this.x -= (now[0] - was[0]) / this.scale;
      this.y += (now[1] - was[1]) / this.scale;
      this.draw();
    });
    const lift = (event) => {
      if (fingers.delete(event.pointerId) && !fingers.size && !moved && event.type === "pointerup") this.pick(this.nearest(event.offsetX, event.offsetY));
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.press(event));
    const acts = { in: () => this.zoom(1.6), out: () => this.zoom(1 / 1.6), all: () => this.fitAll() };
    for (const button of this.frame.querySelectorAll("[data-map]")) button.addEventListener("click", acts[button.dataset.map]);
  }

  press(event) {
    const step = 80 / this.scale;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-") this.zoom(1 / 1.6);
    else if (moves[event.key]) {
      this.x += moves[event.key][0];
      this.y += moves[event.key][1];
      this.draw();
    } else return;
    event.preventDefault();
  }
}

function pathOf(runs, closed) {
  const path = new Path2D();
  for (const run of runs) {
    path.moveTo(run[0], run[1]);
    for (let i = 2; i < run.length; i += 2) path.lineTo(run[i], run[i + 1]);
    if (closed) path.closePath();
  }
  return path;
}

function boxOf(runs) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const run of runs) for (let i = 0; i < run.length; i += 2) {
    box[0] = Math.min(box[0], run[i]);
    box[1] = Math.min(box[1], run[i + 1]);
    box[2] = Math.max(box[2], run[i]);
    box[3] = Math.max(box[3], run[i + 1]);
  }
  return box[0] > box[2] ? null : box;
}

/** Without the few boxes far off from the rest: a feature in the wrong grid must not shrink a city to a dot. */
function withoutStrays(boxes) {
  const within = [0, 1].map((axis) => {
    const sorted = boxes.map((box) => box[axis]).sort((a, b) => a - b), last = sorted.length - 1;
    const [low, high] = [sorted[Math.ceil(last * 0.05)], sorted[Math.floor(last * 0.95)]], room = 0.5 * (high - low) + 300;
    return [low - room, high + room];
  });
  return boxes.filter((box) => within.every(([low, high], axis) => box[axis] >= low && box[axis] <= high));
}

function joined(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** An element with text and children; text is never read as HTML. */
function make(name, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}
