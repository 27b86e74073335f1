// The map and the list of changes. Data: {features: GeoJSON features with layer, title, change, key, fields, moved_m, before;
// names: layer → field → its title; background: geometries}.

const data = JSON.parse(document.getElementById("data").textContent);
const NARROW = matchMedia("(max-width: 760px)").matches;
const PAGE = NARROW ? 20 : 100;
const WORDS = { removed: "bớt · removed", added: "thêm · added", changed: "sửa · changed" };
const COLOURS = Object.fromEntries(Object.keys(WORDS).map((kind) => [kind, getComputedStyle(document.documentElement).getPropertyValue(`--${kind}`).trim()]));
const byId = (id) => document.getElementById(id);

begin();

function begin() {
  const flat = flattening(data.features), map = new PaperMap(byId("map"), (feature) => choose(feature?.about ?? null, { fromMap: true }));
  map.addGround(data.background.flatMap(flat), { colour: "#c9d0d4" });
  const features = data.features.map(({ geometry, properties }) => ({ ...properties, drawn: [], geometry }));
  const order = Object.keys(COLOURS);
  features.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change) || a.layer.localeCompare(b.layer) || a.key.localeCompare(b.key, "vi", { numeric: true }));
  // Large things first, and what was only changed: a small or rarer thing on top can be seen and clicked.
  for (const one of [...features].reverse().sort((a, b) => rank(a) - rank(b))) {
    const runs = flat(one.geometry);
    if (!runs.length) continue;
    const look = { colour: COLOURS[one.change], area: one.geometry.type.endsWith("Polygon"), about: one };
    if (one.before) one.drawn.push(map.addFeature({ ...look, runs: flat(one.before), dashed: true, area: one.before.type.endsWith("Polygon") }));
    one.drawn.push(map.addFeature({ ...look, runs }));
  }
  if (!features.length) return;

  let shown = features, count = PAGE, chosen = null, layer = "";
  byId("kinds").addEventListener("change", filter);
  byId("find").addEventListener("input", filter);
  byId("more").addEventListener("click", () => { count += 5 * PAGE; list(); });
  for (const row of document.querySelectorAll("tr[data-layer]")) row.addEventListener("click", () => { layer = layer === row.dataset.layer ? "" : row.dataset.layer; filter(); });
  filter();

  function filter() {
    const kinds = new Set([...byId("kinds").querySelectorAll("input:checked")].map((box) => box.value)), words = byId("find").value.trim().toLocaleLowerCase("vi");
    shown = features.filter((one) => kinds.has(one.change) && (!layer || one.layer === layer) && (!words || one.key.toLocaleLowerCase("vi").includes(words)));
    const seen = new Set(shown);
    for (const one of features) for (const drawn of one.drawn) drawn.visible = seen.has(one);
    for (const row of document.querySelectorAll("tr[data-layer]")) row.setAttribute("aria-selected", row.dataset.layer === layer);
    if (chosen && !seen.has(chosen)) choose(null);
    count = PAGE;
    list();
    map.fitAll();
  }

  function list() {
    byId("count").textContent = `${shown.length.toLocaleString("vi")} đối tượng · features`;
    byId("list").replaceChildren(...shown.slice(0, count).map(line));
    byId("more").hidden = shown.length <= count;
  }

  function line(one) {
    one.button = make("button", { type: "button", "aria-current": one === chosen }, make("i", { class: `swatch ${one.change}` }), ` ${one.key} `, make("span", { class: "quiet small", text: one.title }));
    one.button.addEventListener("click", () => choose(one));
    return make("li", {}, one.button);
  }

  function choose(one, { fromMap = false } = {}) {
    chosen?.button?.setAttribute("aria-current", "false");
    chosen = one;
    one?.button?.setAttribute("aria-current", "true");
    map.choose(one?.drawn.at(-1) ?? null, { move: !fromMap });
    byId("about").replaceChildren(...(one ? told(one) : []));
    if (one && !fromMap) byId(NARROW ? "map" : "about").scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
}

function told(one) {
  const rows = Object.entries(one.fields).map(([name, [before, after]]) => make("tr", {}, make("td", { text: data.names[one.layer][name], title: name }),
    ...(one.change === "added" ? [] : [make("td", {}, make("del", { text: before ?? "—" }))]), ...(one.change === "removed" ? [] : [make("td", {}, make("ins", { text: after ?? "—" }))])));
  if (one.moved_m) rows.unshift(make("tr", {}, make("td", { text: "hình học · geometry" }), make("td", { colspan: 2, text: `${one.moved_m} m` })));
  return [make("h3", {}, make("span", { class: `tag ${one.change}`, text: WORDS[one.change] }), ` ${one.title} `, make("code", { text: one.key })), make("table", {}, ...rows)];
}

function rank({ geometry }) {
  return !geometry || geometry.type.endsWith("Point") ? 2 : geometry.type.endsWith("Polygon") ? 0 : 1;
}

/** Degrees → runs of metres around the middle of the changes: true to scale there, and north up. */
function flattening(features) {
  const [lon0, lat0] = firstPlace(features.find((one) => one.geometry)?.geometry.coordinates ?? [106.7, 10.77]);
  const metres = 111319.49, narrow = Math.cos((lat0 * Math.PI) / 180);
  const run = (places) => places.flatMap(([lon, lat]) => [(lon - lon0) * metres * narrow, (lat - lat0) * metres]);
  return (geometry) => (geometry ? runsOf(geometry).map(run) : []);
}

function firstPlace(coordinates) {
  return typeof coordinates[0] === "number" ? coordinates : firstPlace(coordinates[0]);
}

function runsOf({ type, coordinates }) {
  return { Point: () => [[coordinates]], MultiPoint: () => coordinates.map((place) => [place]), LineString: () => [coordinates],
    MultiLineString: () => coordinates, Polygon: () => coordinates, MultiPolygon: () => coordinates.flat() }[type]();
}
