/** An element with attributes and children. Text is always text: nothing from the API is ever parsed as HTML. */
export const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element[name] = value;
    else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

/** The same for SVG. */
export const s = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
};

const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });

export const cash = (text) => (text === null ? "–" : money.format(Number(text)));
export const number = (text) => (text === null ? "–" : short.format(Number(text)));
export const percent = (fraction) => (fraction === null ? "–" : `${(fraction * 100).toFixed(2)} %`);
export const utc = (at) => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
export const time = (iso) => new Date(iso).toLocaleTimeString(undefined, { hour12: false });

const dayMonth = { month: "short", day: "numeric" };

/** An instant in a table: the time of today, with its date on another day; the whole of it in UTC when pointed at. */
export const instant = (iso) => {
  const at = new Date(iso);
  const now = new Date();
  const isToday = at.toDateString() === now.toDateString();
  const format = at.getFullYear() === now.getFullYear() ? dayMonth : { ...dayMonth, year: "numeric" };
  const date = isToday ? "" : `${at.toLocaleDateString(undefined, format)}, `;
  return h("time", { datetime: iso, title: iso }, `${date}${time(iso)}`);
};

/** A gain is green and signed, a loss red; the sign says it too. */
export const gain = (text) => {
  const value = Number(text);
  const sign = value > 0 ? "+" : "";
  return h("span", { class: value > 0 ? "up" : value < 0 ? "down" : "" }, `${sign}${money.format(value)}`);
};

export const side = (text) => h("span", { class: text === "BUY" ? "up" : "down" }, text);

/** A table of rows, each with an id of its own or of its order; each column has a name, how to show a row, and whether it is a number. */
export const table = (columns, rows, empty) =>
  rows.length === 0
    ? h("p", { class: "empty" }, empty)
    : h(
        "div",
        { class: "scroll" },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              columns.map(({ name, kind }) => h("th", { class: kind, scope: "col" }, name)),
            ),
          ),
          h(
            "tbody",
            {},
            rows.map((row) =>
              h(
                "tr",
                { "data-key": row.id ?? row.order_id },
                columns.map(({ show, kind }) => h("td", { class: kind }, show(row))),
              ),
            ),
          ),
        ),
      );

let hide;

/** Says something for a few seconds. */
export const toast = (text) => {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => {
    box.hidden = true;
  }, 6_000);
};
