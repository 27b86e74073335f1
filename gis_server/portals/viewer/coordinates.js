// Reads and writes coordinates the way people here write them: decimal degrees, degrees-minutes-seconds, VN-2000 in either order.

const THIN = "\u202f";

export function decimalDegrees([lon, lat], digits = 6) {
  return `${lat.toFixed(digits)}, ${lon.toFixed(digits)}`;
}

export function degreesMinutesSeconds([lon, lat], letters) {
  const north = lat < 0 ? letters.south : letters.north;
  const east = lon < 0 ? letters.west : letters.east;
  return `${sexagesimal(lat)}${THIN}${north} ${sexagesimal(lon)}${THIN}${east}`;
}

function sexagesimal(value) {
  const hundredths = Math.round(Math.abs(value) * 360000);
  const degrees = Math.floor(hundredths / 360000);
  const minutes = Math.floor((hundredths % 360000) / 6000);
  const seconds = (hundredths % 6000) / 100;
  return `${degrees}°${String(minutes).padStart(2, "0")}′${seconds.toFixed(2).padStart(5, "0")}″`;
}

/** 1191454.7129 → “1 191 454.713”: grouped to be read, not to be copied. */
export function metres(value, digits = 3) {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return `${value < 0 ? "−" : ""}${grouped}${fraction ? "." + fraction : ""}`;
}

/** Every point that `text` may mean, likeliest first: {lonLat, kind: "wgs84" | "grid", srid?, grid?}. */
export function readCoordinates(text, grids) {
  const clean = tidy(text);
  const sexagesimalPoint = readSexagesimal(clean);
  if (sexagesimalPoint) return [{ kind: "wgs84", lonLat: sexagesimalPoint }];
  const found = [];
  for (const pair of numberPairs(clean)) {
    const lonLat = asDegrees(pair, grids);
    if (lonLat) found.push({ kind: "wgs84", lonLat });
    found.push(...asGrid(pair, grids));
  }
  return withoutRepeats(found);
}

const LATITUDE = "[NSB]|Bắc|Nam|North|South";
const LONGITUDE = "[EWĐDT]|Đông|Tây|East|West";
/** “10 46 21 N”: only with a letter, since numbers of the grid are grouped by spaces, too. */
const SPACED = String.raw`(?<![\d.,])(\d{1,3})\s+(\d{1,2})\s+(\d{1,2}(?:[.,]\d+)?)`;
const SPACED_AFTER = new RegExp(String.raw`${SPACED}\s*(${LATITUDE}|${LONGITUDE})(?![\p{L}\d])`, "giu");
const SPACED_BEFORE = new RegExp(String.raw`(?<![\p{L}\d])(${LATITUDE}|${LONGITUDE})\s*${SPACED}`, "giu");

function tidy(text) {
  return text
    .replace(/º|˚/g, "°") // before NFKC, which makes letters of these two
    .normalize("NFKC")
    .replace(/[\u00a0\u2000-\u200b\u202f]/g, " ")
    .replace(/[−–]/g, "-")
    .replace(/[′’‘´`]/g, "'")
    .replace(/[″“”]|''/g, '"')
    .trim()
    .replace(SPACED_AFTER, `$1°$2'$3"$4`)
    .replace(SPACED_BEFORE, `$1$2°$3'$4"`);
}

const PART = String.raw`(\d{1,3}(?:[.,]\d+)?)\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*'\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*"\s*)?`;
const SIDE = `(${LATITUDE}|${LONGITUDE})?`;

function readSexagesimal(text) {
  const letterAfter = new RegExp(`^${PART}${SIDE}[\\s,;]*${PART}${SIDE}$`, "iu");
  const letterBefore = new RegExp(`^${SIDE}\\s*${PART}[\\s,;]*${SIDE}\\s*${PART}$`, "iu");
  let match = letterAfter.exec(text);
  let parts = match && [{ values: match.slice(1, 4), side: match[4] }, { values: match.slice(5, 8), side: match[8] }];
  if (!parts) {
    match = letterBefore.exec(text);
    parts = match && [{ values: match.slice(2, 5), side: match[1] }, { values: match.slice(6, 9), side: match[5] }];
  }
  return parts && orderDegrees(parts.map(({ values, side }) => ({ value: fromParts(values), side })));
}

function fromParts([degrees, minutes = "0", seconds = "0"]) {
  const [d, m, s] = [degrees, minutes, seconds].map((part) => Number(part.replace(",", ".")));
  return m < 60 && s < 60 ? d + m / 60 + s / 3600 : NaN;
}

function orderDegrees(parts) {
  const isLatitude = ({ side }) => side && new RegExp(`^(?:${LATITUDE})$`, "iu").test(side);
  const isLongitude = ({ side }) => side && new RegExp(`^(?:${LONGITUDE})$`, "iu").test(side);
  let [lat, lon] = parts;
  if (isLongitude(lat) || isLatitude(lon) || (!lat.side && lat.value > 90)) [lat, lon] = [lon, lat];
  if (isLongitude(lat) || isLatitude(lon)) return null;
  const signed = ({ value, side }) => (side && /^(S|Nam|South|W|T|Tây|West)$/iu.test(side) ? -value : value);
  const point = [signed(lon), signed(lat)];
  return Math.abs(point[1]) <= 90 && Math.abs(point[0]) <= 180 ? point : null;
}

/** Labels such as X=, Y:, E, N, vĩ độ say nothing that the size of the number does not say better. */
const LABELS = /(?:kinh độ|vĩ độ|latitude|longitude|easting|northing|lat|lon|lng|vn-?2000|wgs ?84|[xyenđb])\s*[:=]?\s*(?=-?\d)|(?<=\d)\s*(?:°|m\b|[enđb](?![\p{L}]))/giu;

function numberPairs(text) {
  const map = /@(-?\d+\.\d+),(-?\d+\.\d+)/.exec(text) || /^geo:(-?[\d.]+),(-?[\d.]+)/i.exec(text);
  if (map) return [[Number(map[1]), Number(map[2])]];
  const bare = text.replace(LABELS, " ").replace(/^[(\[]|[)\]]$/g, " ").trim();
  if (!/^[-\d\s.,;|/]+$/.test(bare)) return [];
  const pairs = [];
  for (const [first, second] of splits(bare)) {
    for (const a of readings(first)) for (const b of readings(second)) pairs.push([a, b]);
  }
  return pairs;
}

/** Every place where a line of digits could fall into two numbers. */
function splits(text) {
  const strong = text.split(/\s*[;|/\t]\s*/).filter(Boolean);
  if (strong.length > 1) return strong.length === 2 ? [strong] : [];
  const found = [];
  for (const separator of text.matchAll(/,\s+|\s+|,/g)) {
    const first = text.slice(0, separator.index);
    const second = text.slice(separator.index + separator[0].length);
    if (first && second) found.push([first, second]);
  }
  return found;
}

/** The numbers that one writing may mean: “603.514,400” has one, “603,514” has two. */
function readings(text) {
  const bare = text.trim().replace(/,$/, "");
  if (!/^-?\d[\d .,]*$/.test(bare)) return [];
  const values = [];
  for (const [decimal, group] of [[".", ","], [",", "."]]) {
    const value = readNumber(bare, decimal, group);
    if (value !== null && !values.includes(value)) values.push(value);
  }
  return values;
}

function readNumber(text, decimal, group) {
  const [whole, fraction = "", ...more] = text.split(decimal);
  if (more.length || !/^\d*$/.test(fraction)) return null;
  const grouped = new RegExp(`^-?(?:\\d+|\\d{1,3}(?:[ ${group === "." ? "\\." : group}]\\d{3})+)$`);
  if (!grouped.test(whole)) return null;
  return Number(whole.replace(/[^\d-]/g, "") + (fraction ? "." + fraction : ""));
}

function asDegrees([a, b], grids) {
  for (const lonLat of [[b, a], [a, b]]) {
    if (Math.abs(lonLat[0]) <= 180 && Math.abs(lonLat[1]) <= 90 && grids.covers(lonLat)) return lonLat;
  }
  return null;
}

function asGrid([a, b], grids) {
  const [east, north] = a < b ? [a, b] : [b, a];
  if (east < 100000 || east > 900000 || north < 800000 || north > 2700000) return [];
  const points = grids.all.map(({ srid, title }) => ({ kind: "grid", srid, title, grid: [east, north], lonLat: grids.toWgs84([east, north], srid) }));
  return points
    .filter(({ lonLat }) => grids.covers(lonLat))
    .sort((first, second) => Number(second.srid === grids.stored) - Number(first.srid === grids.stored));
}

function withoutRepeats(points) {
  const seen = new Set();
  return points.filter(({ kind, srid, lonLat }) => {
    const key = `${kind} ${srid} ${lonLat.map((value) => value.toFixed(8))}`;
    return !seen.has(key) && seen.add(key);
  });
}
