// Puts together the style on screen: a map's own layers and those switched on beside them. Pure: styles in, style out.

/** The map's style with every layer switched as wished and the styles of further layers laid between its areas and its labels. */
export function combined(base, extras, wished) {
  const style = { ...base, sources: { ...base.sources }, layers: [...base.layers] };
  for (const extra of extras) add(style, extra);
  style.layers = style.layers.map((layer) => switched(layer, wished));
  return style;
}

/** Areas and lines go below the first symbol, symbols on top of everything. */
function add(style, extra) {
  Object.assign(style.sources, extra.sources);
  const below = extra.layers.filter((layer) => layer.type !== "symbol");
  const above = extra.layers.filter((layer) => layer.type === "symbol");
  const first = style.layers.findIndex((layer) => layer.type === "symbol");
  style.layers.splice(first < 0 ? style.layers.length : first, 0, ...below);
  style.layers.push(...above);
}

function switched(layer, wished) {
  const id = dataLayer(layer);
  if (!id || staysOn(layer)) return layer;
  return { ...layer, layout: { ...layer.layout, visibility: wished.has(id) ? "visible" : "none" } };
}

/** Which layer of the catalogue a style layer draws; none where it draws an archive that others made. */
export function dataLayer(layer) {
  if (layer.metadata?.["bando:archive"]) return null;
  return layer.metadata?.["bando:layer"] ?? layer["source-layer"] ?? null;
}

/** The words over synthetic areas are no layer to be switched off. */
export function staysOn(layer) {
  return Boolean(layer.metadata?.["bando:synthetic"]) && dataLayer(layer) === "base_frame.pham_vi_du_lieu";
}

/** Lowest zoom at which each layer is drawn, from its style layers. */
export function drawnFrom(style) {
  const lowest = new Map();
  for (const layer of style.layers) {
    const id = dataLayer(layer);
    if (!id || layer.metadata?.["bando:synthetic"]) continue;
    lowest.set(id, Math.min(lowest.get(id) ?? Infinity, layer.minzoom ?? 0));
  }
  return lowest;
}

const OPACITIES = {
  fill: ["fill-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  symbol: ["icon-opacity", "text-opacity"],
  "fill-extrusion": ["fill-extrusion-opacity"],
  raster: ["raster-opacity"],
};

/** The opacity properties of a style layer, made fainter by `share` (0…1): [[name, value], …]. */
export function faded(layer, share) {
  return (OPACITIES[layer.type] ?? []).map((name) => [name, times(layer.paint?.[name] ?? 1, share)]);
}

/** An opacity times a share. Ramps keep their zoom outermost, as MapLibre demands, so the share goes to their values. */
function times(value, share) {
  if (typeof value === "number") return value * share;
  if (!Array.isArray(value)) return share;
  const first = { interpolate: 4, step: 2, match: 3, case: 2 }[value[0]];
  if (first === undefined) return ["*", value, share];
  const last = value.length - 1;
  return value.map((part, place) => (place >= first && ((place - first) % 2 === 0 || (isChoice(value) && place === last)) ? times(part, share) : part));
}

function isChoice(value) {
  return value[0] === "match" || value[0] === "case";
}
