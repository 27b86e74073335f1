// Where the service stands: at the root of its host, or below a path that a proxy gives it.

const HOME = new URL("../../../", import.meta.url);

/** The whole address of one of its paths; an address that is whole stays. */
export const at = (path) => new URL(path.replace(/^\//, ""), HOME).href;
