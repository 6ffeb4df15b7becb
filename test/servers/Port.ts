import { connect, createServer } from "node:net";

/** A loopback port nobody listens on at the moment. */
export const free = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === "object"
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });

/** Sends `request` to the port and answers whether the first reply satisfies `isReady`; false when there is none in a second. */
export const answers = (
  port: number,
  request: Uint8Array | string,
  isReady: (reply: Buffer) => boolean,
): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.on("error", () => finish(false));
    socket.on("close", () => resolve(false));
    socket.on("connect", () => socket.write(request));
    socket.on("data", (reply) => finish(isReady(reply)));
  });
