import { h } from "./elements.js";

/** Who an element is from one draw to the next: its id or `data-key`. One without either is told by its place. */
const keyOf = (node) => node.id || node.dataset?.key || "";

const takeOver = (old, now) => {
  for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) === value) continue;
    // The policy of the page refuses a style that is set as an attribute.
    if (name === "style") old.style.cssText = value;
    else old.setAttribute(name, value);
  }
  old.onclick = now.onclick;
};

const become = (old, now) => {
  if (old.nodeName !== now.nodeName) return old.replaceWith(now);
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== now.data) old.data = now.data;
    return;
  }
  takeOver(old, now);
  putInto(old, [...now.childNodes]);
};

const putInto = (parent, nodes) => {
  const wanted = new Set(nodes.map(keyOf));
  const kept = new Map();
  for (const old of [...parent.childNodes]) {
    const key = keyOf(old);
    if (!wanted.has(key) && key !== "") old.remove();
    else kept.set(key, old);
  }
  let place = parent.firstChild;
  for (const now of nodes) {
    const key = keyOf(now);
    const old = key === "" ? (place !== null && keyOf(place) === "" ? place : undefined) : kept.get(key);
    kept.delete(key);
    if (old === undefined) {
      parent.insertBefore(now, place);
      continue;
    }
    // What is moved loses its focus, so what stays where it is must not be.
    if (old === place) place = place.nextSibling;
    else parent.insertBefore(old, place);
    become(old, now);
  }
  while (place !== null) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
};

/**
 * Like `replaceChildren`, but keeps every element that is still there and changes only what differs: the page is drawn
 * every second, and focus, selection and scroll live in the elements themselves.
 */
export const redraw = (parent, ...children) => putInto(parent, [...h("div", {}, ...children).childNodes]);
