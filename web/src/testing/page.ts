/** What of a browser the modules touch as they are read, for tests that run without one. */
const query = { matches: true, addEventListener: () => undefined };
Object.assign(globalThis, {
  location: { pathname: "/", search: "", href: "http://127.0.0.1/" },
  matchMedia: () => query,
  addEventListener: () => undefined,
  history: { pushState: () => undefined, replaceState: () => undefined },
  document: { querySelector: () => null, documentElement: { dataset: {} }, hidden: false },
});
