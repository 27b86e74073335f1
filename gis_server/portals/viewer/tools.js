// The buttons beside the map: zoom, north, my location, measure, draw; and the scale and sources at its foot.

import { iconButton } from "./dom.js";

export class Tools {
  constructor({ root, words, view, grids, notice, measure, sketch, maplibre }) {
    Object.assign(this, { root, words, view, grids, notice, measure, sketch, maplibre });
    view.gl.addControl(new maplibre.ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-left");
    view.gl.on("rotate", () => this.#turn());
    view.gl.on("pitch", () => this.#turn());
  }

  build() {
    const { words, view } = this;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? { duration: 0 } : {};
    this.compass = iconButton("compass", words.t("north_up"), () => view.gl.easeTo({ bearing: 0, pitch: 0, ...calm }), { class: "icon-button compass" });
    this.root.replaceChildren(
      group(iconButton("plus", words.t("zoomIn"), () => view.gl.zoomIn(calm)), iconButton("minus", words.t("zoomOut"), () => view.gl.zoomOut(calm)), this.compass),
      group(iconButton("locate", words.t("locate"), () => this.#locate()), iconButton("measure", words.t("measure"), () => { this.sketch?.end(); this.measure.toggle(); }, { "data-tool": "measure" }),
        this.sketch ? iconButton("polygon", words.t("draw"), () => this.sketch.toggle(), { "data-tool": "draw" }) : null));
    this.#turn();
    this.#sources();
  }

  #turn() {
    const [bearing, pitch] = [this.view.gl.getBearing(), this.view.gl.getPitch()];
    this.compass.hidden = bearing === 0 && pitch === 0;
    this.compass.querySelector("svg").style.transform = `rotate(${-bearing}deg)`;
  }

  /** The attribution control keeps the words it was made with, so a new language needs a new one. */
  #sources() {
    if (this.attribution) this.view.gl.removeControl(this.attribution);
    this.attribution = new this.maplibre.AttributionControl({ compact: true });
    this.view.gl.addControl(this.attribution, "bottom-right");
    const toggle = this.view.gl.getContainer().querySelector(".maplibregl-ctrl-attrib-button");
    toggle.title = this.words.t("attribution");
    toggle.setAttribute("aria-label", this.words.t("attribution"));
  }

  #locate() {
    const { words, notice } = this;
    if (!navigator.geolocation) return notice.say(words.t("locateFailed"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#found([coords.longitude, coords.latitude], coords.accuracy),
      (error) => notice.say(words.t(error.code === error.PERMISSION_DENIED ? "locateDenied" : "locateFailed"), { stay: true }),
      { enableHighAccuracy: true, timeout: 15_000 });
  }

  #found(lonLat, accuracy) {
    const { words, notice, view } = this;
    if (!this.grids.covers(lonLat)) return notice.say(words.t("locateOutside"), { stay: true });
    view.draw("place", [{ type: "Point", coordinates: lonLat }]);
    view.fly({ center: lonLat, zoom: Math.max(view.gl.getZoom(), 16) });
    notice.say(words.t("locateAccuracy", { metres: words.number(accuracy, 0) }));
  }
}


function group(...buttons) {
  const box = document.createElement("div");
  box.className = "tool-group";
  box.append(...buttons.filter(Boolean));
  return box;
}
