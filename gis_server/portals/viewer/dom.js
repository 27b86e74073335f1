// Builds elements. Text only ever enters the page as text nodes, so data can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** el("button", {class: "x", on: {click}, "aria-label": "…"}, "text", child, …) */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "style") {
    for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
  } else if (name === "checked" || name === "disabled" || name === "value" || name === "indeterminate" || name === "hidden") {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}

/** One of the icons of `icons.svg`, drawn in the colour of the text around it. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ width: size, height: size, viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" })) {
    svg.setAttribute(key, value);
  }
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** An icon button with a name for screen readers and a tooltip. */
export function iconButton(name, label, click, extra = {}) {
  return el("button", { type: "button", class: "icon-button", title: label, "aria-label": label, on: { click }, ...extra }, icon(name));
}

export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = el("textarea", { class: "visually-hidden", value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const ICONS = {
  search: ["M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z", "m15.5 15.5 5 5"],
  close: ["m6 6 12 12", "M18 6 6 18"],
  plus: ["M12 5v14", "M5 12h14"],
  minus: ["M5 12h14"],
  compass: ["M12 3 8 12l4 9 4-9-4-9Z", "M8 12h8"],
  locate: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z", "M12 2v4", "M12 18v4", "M2 12h4", "M18 12h4"],
  measure: ["M3 16.5 16.5 3 21 7.5 7.5 21 3 16.5Z", "m7 12.5 2 2", "m10 9.5 3 3", "m13 6.5 2 2"],
  share: ["M12 15V3", "m7.5 7.5 4.5-4.5 4.5 4.5", "M5 12v8h14v-8"],
  layers: ["m12 3 9 5-9 5-9-5 9-5Z", "m3 12.5 9 5 9-5", "m3 17 9 5 9-5"],
  legend: ["M4 5h4v4H4z", "M4 15h4v4H4z", "M12 7h8", "M12 17h8"],
  info: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z", "M12 11v5.5", "M12 7.4v.2"],
  chevron: ["m9 5 7 7-7 7"],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  point: ["M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21Z", "M12 7.5a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z"],
  zoomTo: ["M4 9V4h5", "M20 9V4h-5", "M4 15v5h5", "M20 15v5h-5", "M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z"],
  area: ["M5 6h14v12H5z", "M5 6v.1", "M19 6v.1", "M5 18v.1", "M19 18v.1"],
  polygon: ["M12 4.5 19.5 10l-3 9h-9l-3-9Z", "M12 4.5v.1", "M19.5 10v.1", "M16.5 19v.1", "M7.5 19v.1", "M4.5 10v.1"],
  undo: ["M9 7 4 12l5 5", "M4 12h10a6 6 0 0 1 6 6v1"],
  key: ["M8 9.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z", "m11.2 10.8 8.3-8.3", "m16.5 5.5 3 3"],
};
