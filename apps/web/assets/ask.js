import { h } from "./elements.js";

const show = (buttons, ...content) =>
  new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "asked" });
    const press = ([value, title, kind]) =>
      h("button", { class: kind, onclick: () => dialog.close(value) }, title);
    dialog.append(...content, h("div", { class: "row" }, buttons.map(press)));
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
    document.body.append(dialog);
    dialog.showModal();
  });

/** Asks before something that cannot be taken back; the focus is on the way out. */
export const ask = (question, consequence, verb) =>
  show(
    [
      ["no", "Cancel"],
      ["yes", verb, "danger"],
    ],
    h("h2", { id: "asked" }, question),
    h("p", {}, consequence),
  );

/** Tells something that is to be copied. */
export const tell = (title, text, code) =>
  show([["no", "Close"]], h("h2", { id: "asked" }, title), h("p", {}, text), h("code", {}, code));
