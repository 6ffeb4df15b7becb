import * as api from "./api.js";
import { h } from "./elements.js";
import * as faults from "./faults.js";
import * as making from "./making.js";
import * as universe from "./universe.js";

const usual = {
  name: "my-agent",
  capital: "100000.00",
  frequency_seconds: 1,
  risk: {
    max_risk_per_trade_pct: 10,
    max_daily_loss_pct: 3,
    max_open_positions: 3,
    cooldown_seconds: 5,
    max_notional_exposure_pct: 100,
  },
};

const words = (name) => name.replaceAll("_", " ").replace("pct", "%");

const field = (label, attributes) => h("label", {}, label, h("input", attributes));

/** An input for each parameter of a strategy, from its JSON Schema. */
const paramFields = (strategy) =>
  Object.entries(strategy.params_schema.properties ?? {}).map(([name, schema]) =>
    field(words(name), {
      name: `param.${name}`,
      type: "number",
      step: schema.type === "integer" ? 1 : "any",
      min: schema.minimum,
      max: schema.maximum,
      value: schema.default,
      title: schema.description,
    }),
  );

const read = (form, strategy) => {
  const data = new FormData(form);
  const numbers = (prefix) =>
    Object.fromEntries(
      [...data.entries()]
        .filter(([name, value]) => name.startsWith(prefix) && value !== "")
        .map(([name, value]) => [name.slice(prefix.length), Number(value)]),
    );
  return {
    name: data.get("name"),
    mode: "paper",
    frequency_seconds: Number(data.get("frequency_seconds")),
    universe: {
      symbols: universe.symbolsOf(data.get("symbols")),
    },
    strategies: [{ key: strategy.key, params: numbers("param.") }],
    risk_profile: numbers("risk."),
    capital: data.get("capital"),
  };
};

/** Opens the form; `onCreated` gets the new agent, already started when it was asked for. */
export const open = async (dialog, onCreated) => {
  const [strategies, symbols] = await Promise.all([api.strategies(), api.symbols()]);
  let strategy = strategies.items[0];
  const params = h("fieldset", {});
  const choose = (key) => {
    strategy = strategies.items.find((each) => each.key === key);
    params.replaceChildren(h("legend", {}, strategy.description), ...paramFields(strategy));
  };
  const problem = h("p", { class: "problem", role: "alert" });
  const agent = making.begin();
  const submit = async (form, button, isStarted) => {
    problem.textContent = "";
    faults.forget(form);
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      const made = await agent.make(read(form, strategy), isStarted);
      if (dialog.contains(form)) dialog.close();
      onCreated(made);
    } catch (refused) {
      for (const button of buttons) button.disabled = false;
      button?.focus();
      const reason = faults.tell(form, refused);
      const isMade = agent.isMade();
      // What is made is not made otherwise any more: only its start is left to ask for.
      form.querySelector(".fields").inert = isMade;
      problem.textContent = isMade ? `The agent is made, but not started: ${reason}` : reason;
    }
  };
  const create = ({ target: button }) => {
    if (button.form.reportValidity()) submit(button.form, button, false);
  };
  choose(strategy.key);
  // Opened twice by a double click: what is typed into the first stays.
  if (dialog.open) return;
  dialog.replaceChildren(
    h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          submit(event.target, event.submitter, true);
        },
        oninput: agent.renew,
      },
      h("h2", {}, "New agent"),
      h(
        "div",
        { class: "fields" },
        field("Name", { name: "name", value: usual.name, required: true, maxlength: 100 }),
        universe.field(symbols.items),
        h(
          "label",
          {},
          "Strategy",
          h(
            "select",
            { name: "strategy", onchange: (event) => choose(event.target.value) },
            strategies.items.map(({ key, name }) => h("option", { value: key }, name)),
          ),
        ),
        params,
        h(
          "fieldset",
          {},
          h("legend", {}, "Money and time"),
          field("Capital", { name: "capital", value: usual.capital, inputmode: "decimal", required: true }),
          field("Seconds between ticks", {
            name: "frequency_seconds",
            type: "number",
            min: 1,
            max: 86_400,
            value: usual.frequency_seconds,
          }),
        ),
        h(
          "fieldset",
          {},
          h("legend", {}, "Limits"),
          Object.entries(usual.risk).map(([name, value]) =>
            field(words(name), { name: `risk.${name}`, type: "number", step: "any", min: 0, value }),
          ),
        ),
      ),
      problem,
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        h(
          "span",
          { class: "row" },
          h("button", { type: "button", onclick: create }, "Create"),
          // The only one of its type: it is what Enter in a field presses.
          h("button", { type: "submit", class: "primary" }, "Create and start"),
        ),
      ),
    ),
  );
  dialog.showModal();
};
