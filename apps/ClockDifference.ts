/** How far a process's clock may be from the database's, in ms: slots and "from the future" hang on it. */
export const msMax = 2_000;
