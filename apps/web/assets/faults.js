const inputs = [
  [/^strategies\[0\]\.params\.(.+)$/, "param.$1"],
  [/^strategies\[0\]\.key$/, "strategy"],
  [/^risk_profile\.(.+)$/, "risk.$1"],
  [/^universe\.symbols.*$/, "symbols"],
];

/** The input of the form that a path of the API is about, null when the form shows none. */
const inputOf = (form, path) => {
  const [pattern, name] = inputs.find(([each]) => each.test(path)) ?? [path, path];
  return form.elements.namedItem(path.replace(pattern, name));
};

/** What is written above an input: the text of its label, before the input itself. */
const labelOf = (input) => input?.labels?.[0]?.firstChild.textContent;

export const forget = (form) => {
  for (const input of form.elements) input.removeAttribute("aria-invalid");
};

/** What was refused, field by field in the form's own words; the fields at fault are marked, and the first is gone to. */
export const tell = (form, refused) => {
  const errors = refused.problem?.errors;
  if (errors === undefined) return refused.message;
  const found = errors.map(({ path, message }) => ({ path, message, input: inputOf(form, path) }));
  for (const { input } of found) input?.setAttribute("aria-invalid", "true");
  found.find(({ input }) => input !== null)?.input.focus();
  return found.map(({ path, message, input }) => `${labelOf(input) ?? path}: ${message}`).join("\n");
};
