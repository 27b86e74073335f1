// Moves points between WGS 84 and the city's VN-2000 grids by the pinned datum shift that the server sends; never by proj4's own list.

export class Grids {
  #proj4;
  #book;

  constructor(proj4, { grids, stored, extent }) {
    this.#proj4 = proj4;
    this.#book = new Map(grids.map((grid) => [grid.srid, { ...grid, convert: proj4("+proj=longlat +ellps=WGS84 +towgs84=0,0,0 +no_defs", grid.proj4) }]));
    this.stored = stored;
    this.extent = extent;
  }

  get all() {
    return [...this.#book.values()];
  }

  title(srid) {
    return this.#book.get(srid).title;
  }

  /** [longitude, latitude] → [east, north] in metres. */
  toGrid(lonLat, srid = this.stored) {
    return this.#book.get(srid).convert.forward([...lonLat]);
  }

  /** [east, north] → [longitude, latitude]. */
  toWgs84(eastNorth, srid = this.stored) {
    return this.#book.get(srid).convert.inverse([...eastNorth]);
  }

  /** Whether a WGS 84 point lies where the city may have data. */
  covers(lonLat) {
    const [east, north] = this.toGrid(lonLat);
    const [west, south, maxEast, maxNorth] = this.extent;
    return east >= west && east <= maxEast && north >= south && north <= maxNorth;
  }
}
