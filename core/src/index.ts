/** The entry of `@strom/core`: every module as a namespace, nothing else. */
export {};
