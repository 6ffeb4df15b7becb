// The HEALTHCHECK of the image: exit code 0 while every dependency of STROM answers, or, asked for "live", while the
// process does. It imports nothing, so that it costs a blink every ten seconds.
const port = process.env.STROM_HTTP_PORT ?? "8080";
const path = process.argv[2] === "live" ? "/health/live" : "/health/ready";
const response = await fetch(`http://127.0.0.1:${port}${path}`, {
  signal: AbortSignal.timeout(4000),
}).catch(() => undefined);
process.exitCode = response?.ok === true ? 0 : 1;
