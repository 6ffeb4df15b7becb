import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";

/**
 * A shell that outlives this process by a second: when its input closes, because we ended in whatever way
 * (kill -9 and a crash of the test runner included), it ends the servers we started and removes their folders.
 * It runs in a session of its own, so that Ctrl-C does not reach it first.
 */
const script = `
set -f
pids= ; folders=
while IFS=' ' read -r verb value; do
  case $verb in
    start) pids="$pids $value" ;;
    end) rest= ; for p in $pids; do [ "$p" = "$value" ] || rest="$rest $p"; done; pids=$rest ;;
    folder) folders="$folders
$value" ;;
  esac
done
for p in $pids; do kill -QUIT "$p"; kill -CONT "$p"; done 2>/dev/null
[ -z "$pids" ] || sleep 1
for p in $pids; do kill -KILL "$p"; done 2>/dev/null
printf '%s\\n' "$folders" | while IFS= read -r f; do [ -z "$f" ] || rm -rf -- "$f"; done
`;

let shell: ChildProcess | undefined;

const tell = (line: string): void => {
  if (shell === undefined) {
    shell = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // Neither it nor its pipe keeps a finished test process from ending.
    shell.unref();
    shell.stdin?.on("error", () => {});
    if (shell.stdin !== null && "unref" in shell.stdin && typeof shell.stdin.unref === "function") {
      shell.stdin.unref();
    }
  }
  shell.stdin?.write(`${line}\n`);
};

export const started = (pid: number): void => tell(`start ${pid}`);
export const ended = (pid: number): void => tell(`end ${pid}`);
/** A folder to remove when this process is gone. */
export const folder = (path: string): void => tell(`folder ${path}`);
