// Carries everything as plain scripts: a page opened from a folder may run scripts beside it, and may fetch nothing.

const kit = {
  addresses: {},
  pages: new Map(),

  /** The text of a module, which others import as `kit/NAME`. */
  module(name, text) {
    this.addresses[`kit/${name}`] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  },

  /** A page of an archive, in base64. */
  page(name, text) {
    this.pages.get(name)(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  },

  start() {
    const map = document.createElement("script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports: this.addresses });
    document.head.append(map);
    import("kit/field.js").catch((error) => {
      const trouble = document.getElementById("trouble");
      trouble.textContent = `Trình duyệt này quá cũ để mở bản đồ. · This browser is too old for the map. (${error.message})`;
      trouble.hidden = false;
    });
  },
};
