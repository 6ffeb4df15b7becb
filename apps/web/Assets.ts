/** What the page is made of, by the path it is served at. */
export interface Asset {
  readonly path: `/${string}`;
  readonly file: string;
  readonly contentType: string;
}

const script = (file: string): Asset => ({
  path: `/assets/${file}`,
  file,
  contentType: "text/javascript; charset=utf-8",
});

export const assets: ReadonlyArray<Asset> = [
  { path: "/", file: "index.html", contentType: "text/html; charset=utf-8" },
  { path: "/assets/page.css", file: "page.css", contentType: "text/css; charset=utf-8" },
  { path: "/favicon.ico", file: "icon.svg", contentType: "image/svg+xml" },
  { path: "/assets/icon.svg", file: "icon.svg", contentType: "image/svg+xml" },
  script("page.js"),
  script("api.js"),
  script("attempt.js"),
  script("elements.js"),
  script("redraw.js"),
  script("head.js"),
  script("roster.js"),
  script("stopall.js"),
  script("ask.js"),
  script("cards.js"),
  script("chart.js"),
  script("equity.js"),
  script("tabs.js"),
  script("books.js"),
  script("loss.js"),
  script("prices.js"),
  script("form.js"),
  script("making.js"),
  script("universe.js"),
  script("faults.js"),
];
