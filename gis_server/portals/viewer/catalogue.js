// The layer tree as the viewer needs it, from what /catalogue answers for the caller.

import { plain } from "./words.js";

export class Catalogue {
  constructor(answer) {
    this.themes = answer.themes.map((theme) => ({ ...theme, layers: theme.layers.map((layer) => tidy(layer, theme)) }));
    this.layers = new Map(this.themes.flatMap((theme) => theme.layers).map((layer) => [layer.id, layer]));
  }

  /** Fields that most layers carry (versions, accuracy): of a feature they are told last. */
  isCommon(name) {
    this.#carriers ??= countFields(this.layers.values());
    return (this.#carriers.get(name) ?? 0) > Math.max(this.layers.size / 2, 5);
  }

  #carriers;

  get(id) {
    return this.layers.get(id);
  }

  title(id) {
    return this.layers.get(id)?.title ?? { vi: id, en: id };
  }

  /** Layers whose names hold every word of `text`, marks or no marks; those that begin with it come first. */
  find(text) {
    const wanted = plain(text);
    const parts = wanted.split(/\s+/).filter(Boolean);
    if (!parts.length) return [];
    const hits = [...this.layers.values()].filter((layer) => parts.every((part) => layer.searched.includes(part)));
    return hits.sort((a, b) => rank(a, wanted) - rank(b, wanted));
  }

  /** Where most features are: the median of the layers' middles, each weighing as many as it has. */
  middle(ids) {
    const boxed = [...ids].map((id) => this.layers.get(id)).filter((layer) => layer?.bounds && layer.count);
    if (!boxed.length) return null;
    return [0, 1].map((axis) => weightedMedian(boxed.map(({ bounds, count }) => [(bounds[axis] + bounds[axis + 2]) / 2, count])));
  }

  /** The theme that a choice of layers is most about. */
  mainTheme(ids) {
    const chosen = new Set(ids);
    const score = ({ layers }) => layers.filter((layer) => chosen.has(layer.id)).length ** 2 / layers.length;
    return [...this.themes].sort((a, b) => score(b) - score(a))[0]?.id;
  }

  /** When anything was last published. */
  get updated() {
    return [...this.layers.values()].map((layer) => layer.updated).filter(Boolean).sort((a, b) => new Date(a) - new Date(b)).at(-1);
  }
}

function tidy(layer, theme) {
  const sources = layer.sources ?? [];
  return {
    ...layer,
    theme: theme.id,
    sources,
    searched: plain([layer.title.vi, layer.title.en, layer.id.replace(/[._]/g, " "), layer.steward].join(" ")),
  };
}

function weightedMedian(pairs) {
  const ordered = pairs.sort(([a], [b]) => a - b);
  let left = ordered.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  return ordered.find(([, weight]) => (left -= weight) <= 0)[0];
}

function countFields(layers) {
  const carriers = new Map();
  for (const layer of layers) for (const { name } of layer.fields ?? []) carriers.set(name, (carriers.get(name) ?? 0) + 1);
  return carriers;
}

function rank(layer, wanted) {
  const names = [plain(layer.title.vi), plain(layer.title.en)];
  if (names.some((name) => name === wanted)) return 0;
  if (names.some((name) => name.startsWith(wanted))) return 1;
  return names.some((name) => name.includes(wanted)) ? 2 : 3;
}
