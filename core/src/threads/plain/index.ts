/** The same entry where there are no threads of Node's, as in a browser: the same results, one after the other. */
export * as Threads from "../Plain.ts";
