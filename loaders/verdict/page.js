// The list and the map of findings. Data: {severities, layers, codes, findings, ground}; a finding is
// [layer, code, field, key, value, waived, [east, north, longitude, latitude] or null, [x, y] on the map or null].

const data = JSON.parse(document.getElementById("data").textContent);
const NARROW = matchMedia("(max-width: 760px)").matches;
const PAGE = NARROW ? 20 : 100;
const COLOURS = Object.fromEntries(["stop", "error", "warning", "repeat", "note", "waived"].map((kind) => [kind, getComputedStyle(document.documentElement).getPropertyValue(`--${kind}`).trim()]));
const byId = (id) => document.getElementById(id);
const [severity, code, layer, find] = ["severity", "code", "layer", "find"].map(byId);

if (data.findings.length) begin();

function begin() {
  const findings = data.findings.map(([layer, code, field, key, value, waived, place, at]) => ({ layer, code, field, key, value, waived, place, at, kind: waived ? "waived" : data.codes[code].severity }));
  const map = new PaperMap(byId("map"), (feature) => choose(feature?.finding ?? null, { fromMap: true }));
  const outlines = drawGround(map);
  // Grave ones last, so that they lie on top.
  for (const one of [...findings].reverse()) if (one.at) one.feature = map.addFeature({ runs: [one.at], colour: COLOURS[one.kind], finding: one });
  let shown = findings, count = PAGE, chosen = null;

  fill(severity, data.severities.map(({ id, vi, en }) => [id, `${vi} · ${en}`]));
  fill(code, Object.entries(data.codes).map(([id, about]) => [id, `${id} ${about.vi}`]));
  fill(layer, Object.entries(data.layers).map(([id, title]) => [id, title.vi]));
  for (const control of [severity, code, layer]) control.addEventListener("change", filter);
  find.addEventListener("input", filter);
  byId("clear").addEventListener("click", () => set({}));
  byId("more").addEventListener("click", () => { count += 5 * PAGE; list(); });
  for (const row of document.querySelectorAll(".kinds tr[data-code]")) row.addEventListener("click", () => {
    set(row.getAttribute("aria-selected") === "true" ? {} : row.dataset);
    byId("count").scrollIntoView({ block: "center", behavior: "smooth" });
  });
  window.addEventListener("beforeprint", () => { count = Math.max(count, 500); list(); });
  filter();

  function set(values) {
    [severity.value, code.value, layer.value, find.value] = ["", values.code ?? "", values.layer ?? "", ""];
    filter();
  }

  function filter() {
    const words = find.value.trim().toLocaleLowerCase("vi");
    shown = findings.filter((one) => (!severity.value || data.codes[one.code].severity === severity.value) && (!code.value || one.code === code.value)
      && (!layer.value || one.layer === layer.value) && (!words || `${one.key ?? ""} ${one.value ?? ""}`.toLocaleLowerCase("vi").includes(words)));
    const seen = new Set(shown);
    for (const one of findings) if (one.feature) one.feature.visible = seen.has(one);
    for (const [id, ground] of outlines) ground.visible = !layer.value || id === layer.value;
    for (const row of document.querySelectorAll(".kinds tr[data-code]")) row.setAttribute("aria-selected", row.dataset.code === code.value && row.dataset.layer === layer.value);
    count = PAGE;
    if (chosen && !seen.has(chosen)) choose(null);
    list();
    map.fitAll();
  }

  function list() {
    const placed = shown.filter((one) => one.at).length;
    byId("count").textContent = `${shown.length.toLocaleString("vi")} phát hiện, ${placed.toLocaleString("vi")} có vị trí · ${shown.length.toLocaleString("en")} findings, ${placed.toLocaleString("en")} with a place`;
    byId("list").replaceChildren(...shown.slice(0, count).map(line));
    byId("more").hidden = shown.length <= count;
  }

  function line(one) {
    const about = data.codes[one.code];
    const button = make("button", { type: "button", "aria-current": one === chosen },
      make("span", { class: `tag ${one.kind}`, text: one.code }), make("b", { text: about.vi }),
      make("span", { class: "where", text: one.waived ? "miễn trừ · waived" : "" }),
      make("span", {}, make("span", { text: [one.key, one.value].filter(Boolean).join(" · ") || "—" }), make("br"), make("span", { class: "where", text: data.layers[one.layer].vi + (one.place ? "" : " (không có vị trí · no place)") })));
    one.button = button;
    button.addEventListener("click", () => choose(one));
    return make("li", {}, button);
  }

  function choose(one, { fromMap = false } = {}) {
    chosen?.button?.setAttribute("aria-current", "false");
    chosen = one;
    if (one && fromMap && shown.indexOf(one) >= count) { count = shown.indexOf(one) + 1; list(); }
    one?.button?.setAttribute("aria-current", "true");
    if (fromMap) one?.button?.scrollIntoView({ block: "nearest" });
    map.choose(one?.feature ?? null, { move: !fromMap });
    if (one && !fromMap && NARROW) byId("map").scrollIntoView({ block: "start", behavior: "smooth" });
    byId("about").replaceChildren(...(one ? told(one) : []));
  }
}

function told(one) {
  const about = data.codes[one.code], title = data.layers[one.layer];
  const words = (text) => [text.vi, " ", make("span", { class: "en", text: text.en })];
  const rows = [["Lớp · Layer", [...words(title), " ", make("code", { class: "quiet", text: one.layer })]]];
  if (one.key) rows.push(["Khóa · Key", [make("code", { text: one.key })]]);
  if (one.field) rows.push(["Trường · Field", [make("code", { text: one.field })]]);
  if (one.value) rows.push(["Giá trị · Value", [one.value]]);
  if (one.place) {
    rows.push(["VN-2000 (m)", [make("code", { text: `E ${one.place[0].toFixed(2)}  N ${one.place[1].toFixed(2)}` })]]);
    rows.push(["WGS 84", [make("code", { text: `${one.place[3].toFixed(6)}, ${one.place[2].toFixed(6)}` })]]);
  }
  const facts = make("dl", {}, ...rows.flatMap(([head, content]) => [make("dt", { text: head }), make("dd", {}, ...content)]));
  const advice = about.advice ? [make("p", {}, "→ ", ...words(about.advice))] : [];
  return [make("h3", {}, make("span", { class: `tag ${one.kind}`, text: one.code }), " ", ...words(about)), ...advice, facts];
}

/** Streets and wards, then the layers' own outlines; answers these by layer. */
function drawGround(map) {
  map.addGround(data.ground.base.map(unpacked), { colour: "#d3d9dc", width: 1 });
  return Object.entries(data.ground.layers).map(([id, runs]) => [id, map.addGround(runs.map(unpacked), { colour: "#8b9aa3", width: 1 })]);
}

/** Differences in centimetres → metres. */
function unpacked(steps) {
  const sum = [0, 0];
  return steps.map((step, i) => (sum[i % 2] += step) / 100);
}

function fill(control, options) {
  for (const [value, text] of options) control.append(make("option", { value, text }));
}
