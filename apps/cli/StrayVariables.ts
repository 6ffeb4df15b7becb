import { variables } from "../Config.ts";
import * as Nearest from "./Nearest.ts";

const OURS = "STROM_";

/** What the tests read and the processes they start inherit, and the command deploy/strom.service runs. */
const ELSEWHERE =
  /^STROM_(PROPERTY_RUNS|TEST_\w+|PG_BIN|CHROMIUM|OTHER_NODE|WRITE_DOCS|KILLS|OUTAGE_SECONDS|ROLE)$/;

/** Kubernetes tells every container of a namespace where its services are: of one called strom, in such variables. */
const isOfKubernetes = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/.test(name) ||
  (name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value));

const names: ReadonlyArray<string> = Object.values(variables).map(({ name }) => name);

/** A line for each variable that looks like ours and is not: misspelled, it would be passed over in silence. */
export const warnings = (env: Readonly<Record<string, string | undefined>>): ReadonlyArray<string> =>
  Object.entries(env)
    .filter(([name, value = ""]) => name.startsWith(OURS) && value !== "" && !isOfKubernetes(name, value))
    .filter(([name]) => !names.includes(name) && !ELSEWHERE.test(name))
    .map(([name]) => {
      // What all begin with makes none of them more alike.
      const rests = names.flatMap((one) =>
        one.startsWith(OURS) ? [one.slice(OURS.length).toLowerCase()] : [],
      );
      const near = Nearest.of(name.slice(OURS.length), rests);
      const guess = near === undefined ? "" : ` did you mean ${OURS}${near.toUpperCase()}?`;
      return `${name} is set, and is no variable of STROM's:${guess} strom config names them all`;
    });
