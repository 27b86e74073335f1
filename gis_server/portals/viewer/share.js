// The address of what is on screen: map, place, layers, language and chosen feature, in the part after “#”.

const KEY_STORE = "bando-key";

/** #map=nen&at=14.20/10.77250/106.69830&on=a,b&off=c&lang=en&pick=106.69830,10.77250&f=drainage.ho_ga/12 */
export function readAddress(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    map: values.get("map"),
    camera: readCamera(values.get("at")),
    on: list(values.get("on")),
    off: list(values.get("off")),
    language: values.get("lang"),
    pick: readPoint(values.get("pick")),
    feature: readFeature(values.get("f")),
    tool: values.get("tool"),
  };
}

export function writeAddress({ map, camera, on, off, language, pick, feature }) {
  const parts = [`map=${encodeURIComponent(map)}`, `at=${camera.zoom.toFixed(2)}/${camera.center[1].toFixed(6)}/${camera.center[0].toFixed(6)}${turned(camera)}`];
  if (on.length) parts.push(`on=${on.map(encodeURIComponent).join(",")}`);
  if (off.length) parts.push(`off=${off.map(encodeURIComponent).join(",")}`);
  if (language !== "vi") parts.push(`lang=${language}`);
  if (pick) parts.push(`pick=${pick[0].toFixed(7)},${pick[1].toFixed(7)}`);
  if (feature) parts.push(`f=${encodeURIComponent(feature.layer)}/${feature.fid}`);
  return `#${parts.join("&")}`;
}

/** A key given as #key=… is kept for this tab only and leaves the address at once, so that it is not shared by accident. */
export function takeKey() {
  const values = new URLSearchParams(location.hash.replace(/^#/, ""));
  const given = values.get("key");
  if (given) {
    sessionStorage.setItem(KEY_STORE, given);
    values.delete("key");
    history.replaceState(null, "", `#${values}`);
  }
  return sessionStorage.getItem(KEY_STORE);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY_STORE);
  location.reload();
}

function turned({ bearing, pitch }) {
  return bearing || pitch ? `/${bearing.toFixed(0)}/${pitch.toFixed(0)}` : "";
}

function readCamera(text) {
  const [zoom, lat, lon, bearing = 0, pitch = 0] = (text ?? "").split("/").map(Number);
  const usable = [zoom, lat, lon, bearing, pitch].every(Number.isFinite) && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return text && usable ? { zoom, center: [lon, lat], bearing, pitch } : null;
}

function readPoint(text) {
  const [lon, lat] = (text ?? "").split(",").map(Number);
  return text && Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

function readFeature(text) {
  const [layer, fid] = (text ?? "").split("/");
  return layer && /^\d+$/.test(fid ?? "") ? { layer, fid } : null;
}

function list(text) {
  return (text ?? "").split(",").filter(Boolean);
}
