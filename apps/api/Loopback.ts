/** Whether an address to listen on is reached from this machine only. */
export const isHost = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether a `Host` header names this machine: a host as above, with or without a port. */
export const isAuthority = (authority: string): boolean =>
  isHost(authority.replace(/:\d{1,5}$/, "").toLowerCase());
