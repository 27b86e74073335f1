// The language on screen: words from strings.js, titles that arrive in both languages, numbers and dates as they are written here.

import { STRINGS } from "./strings.js";

const LOCALE = { vi: "vi-VN", en: "en-GB" };
const ZONE = "Asia/Ho_Chi_Minh";

export class Words {
  #listeners = [];

  constructor(language) {
    this.language = STRINGS[language] ? language : "vi";
  }

  use(language) {
    if (language === this.language || !STRINGS[language]) return;
    this.language = language;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** A sentence of strings.js, with {names} filled in. */
  t(key, values = {}) {
    const sentence = STRINGS[this.language][key];
    if (sentence === undefined) throw new Error(`strings.js has no “${key}”`);
    return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  has(key) {
    return STRINGS[this.language][key] !== undefined;
  }

  /** The reader's language of a title that came as {vi, en}. */
  of(text) {
    if (text === null || text === undefined) return "";
    if (typeof text !== "object") return String(text);
    return text[this.language] || text.vi || text.en || "";
  }

  number(value, digits = 3) {
    return new Intl.NumberFormat(LOCALE[this.language], { maximumFractionDigits: digits }).format(value);
  }

  date(value) {
    const date = new Date(value);
    if (Number.isNaN(date.getTime())) return String(value);
    return new Intl.DateTimeFormat(LOCALE[this.language], { dateStyle: "medium", timeZone: ZONE }).format(date);
  }

  moment(value) {
    const date = new Date(value);
    if (Number.isNaN(date.getTime())) return String(value);
    return new Intl.DateTimeFormat(LOCALE[this.language], { dateStyle: "medium", timeStyle: "short", timeZone: ZONE }).format(date);
  }
}

/** Letters without marks, for searching: “Thoát nước” → “thoat nuoc”. */
export function plain(text) {
  return String(text).normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();
}
