import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, matchesGlob, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The steps of our Dockerfile, followed in a folder: as much of `docker build` as needs neither Docker nor network. */

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Step {
  readonly name: string;
  readonly text: string;
}

/** The instructions of a Dockerfile, continued lines joined, comments left out. */
export const parse = (text: string): ReadonlyArray<Step> =>
  text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), text: rest };
    });

/** Files of the build context: what git would check out, less what .dockerignore keeps out. */
export const context = (): ReadonlyArray<string> => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = listed.split("\n").filter((file) => file !== "" && existsSync(join(root, file)));
  const rules = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return files.filter((file) => !isIgnored(file, rules));
};

/** The last rule that fits decides; a rule for a folder is one for what is in it. */
const isIgnored = (file: string, rules: ReadonlyArray<string>): boolean => {
  const parts = file.split("/");
  const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let ignored = false;
  for (const rule of rules) {
    const isException = rule.startsWith("!");
    const pattern = isException ? rule.slice(1) : rule;
    if (ancestors.some((path) => matchesGlob(path, pattern))) ignored = !isException;
  }
  return ignored;
};

export interface Image {
  /** Where the image's `/` is. */
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly base: string;
  readonly entrypoint: ReadonlyArray<string>;
  readonly command: ReadonlyArray<string>;
  readonly healthcheck: ReadonlyArray<string>;
  readonly stopSignal: string;
  readonly exposed: ReadonlyArray<string>;
  readonly volumes: ReadonlyArray<string>;
}

/** `npm ci --omit=dev` without a registry: the packages the lock file has for production, linked to those installed here. */
const linkDependencies = (folder: string): void => {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  for (const [where, entry] of Object.entries<Record<string, unknown>>(lock.packages)) {
    const isTopLevel = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(where);
    if (!isTopLevel || entry["dev"] === true || entry["devOptional"] === true) continue;
    const target = entry["link"] === true ? join(folder, String(entry["resolved"])) : join(root, where);
    if (!existsSync(target)) {
      if (entry["optional"] === true) continue;
      throw new Error(`${where} is in package-lock.json and not installed`);
    }
    mkdirSync(dirname(join(folder, where)), { recursive: true });
    symlinkSync(target, join(folder, where));
  }
};

const list = (text: string): ReadonlyArray<string> => JSON.parse(text);

/** Follows the steps; each stage is a folder inside `into`. Fails on a step it does not know. */
export const build = (into: string, steps: ReadonlyArray<Step>): Image => {
  const files = context();
  const stages = new Map<string, string>();
  let folder = "";
  let image: Omit<Image, "folder"> = {
    workdir: "/",
    env: {},
    user: "root",
    base: "",
    entrypoint: [],
    command: [],
    healthcheck: [],
    stopSignal: "SIGTERM",
    exposed: [],
    volumes: [],
  };
  const inside = (path: string): string =>
    join(folder, path.startsWith("/") ? path : join(image.workdir, path));

  const copy = (text: string): void => {
    const parts = text.split(/\s+/);
    const from =
      parts[0]?.startsWith("--from=") === true ? parts.shift()?.slice("--from=".length) : undefined;
    const destination = parts.pop() ?? ".";
    const isFolder = destination.endsWith("/") || parts.length > 1;
    for (const source of parts) {
      const target = inside(isFolder ? join(destination, source.split("/").at(-1) ?? "") : destination);
      if (from !== undefined) {
        const stage = stages.get(from);
        if (stage === undefined) throw new Error(`COPY --from=${from}: there is no such stage`);
        relink(join(stage, source), target, stage, folder);
        continue;
      }
      const found = files.filter((file) => file === source || file.startsWith(`${source}/`));
      if (found.length === 0) throw new Error(`COPY ${source}: nothing of that name is in the build context`);
      for (const file of found) {
        const to = file === source ? target : join(target, file.slice(source.length + 1));
        mkdirSync(dirname(to), { recursive: true });
        cpSync(join(root, file), to);
      }
    }
  };

  const run = (text: string): void => {
    for (const command of text.split("&&").map((part) => part.trim())) {
      if (command.startsWith("npm ci ")) linkDependencies(inside("."));
      else if (command.startsWith("mkdir "))
        mkdirSync(inside(command.slice("mkdir ".length)), { recursive: true });
      else if (!command.startsWith("chown ")) throw new Error(`RUN ${command}: not followed here`);
    }
  };

  for (const { name, text } of steps) {
    switch (name) {
      case "FROM": {
        const [base = "", , stage = String(stages.size)] = text.split(/\s+/);
        folder = join(into, stage);
        mkdirSync(folder);
        stages.set(stage, folder);
        image = { ...image, base, workdir: "/", env: {}, user: "root" };
        break;
      }
      case "WORKDIR":
        image = { ...image, workdir: resolve(image.workdir, text) };
        mkdirSync(inside("."), { recursive: true });
        break;
      case "COPY":
        copy(text);
        break;
      case "RUN":
        run(text);
        break;
      case "ENV": {
        const [, variable = "", value = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
        image = { ...image, env: { ...image.env, [variable]: value } };
        break;
      }
      case "USER":
        image = { ...image, user: text };
        break;
      case "VOLUME":
        image = { ...image, volumes: [...image.volumes, text] };
        break;
      case "EXPOSE":
        image = { ...image, exposed: [...image.exposed, text] };
        break;
      case "STOPSIGNAL":
        image = { ...image, stopSignal: text };
        break;
      case "HEALTHCHECK":
        image = { ...image, healthcheck: list(text.slice(text.indexOf("["))) };
        break;
      case "ENTRYPOINT":
        image = { ...image, entrypoint: list(text) };
        break;
      case "CMD":
        image = { ...image, command: list(text) };
        break;
      default:
        throw new Error(`${name}: not followed here`);
    }
  }
  return { ...image, folder };
};

/** Copies a folder of one stage into another; a link into the old stage becomes one into the new. */
const relink = (source: string, target: string, from: string, to: string): void => {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    const path = join(source, name);
    const real = execFileSync("readlink", ["-m", path], { encoding: "utf8" }).trim();
    if (real.startsWith(`${from}/`) && real !== path)
      symlinkSync(join(to, real.slice(from.length)), join(target, name));
    else if (real !== path) symlinkSync(real, join(target, name));
    else if (statSync(path).isDirectory()) relink(path, join(target, name), from, to);
    else cpSync(path, join(target, name));
  }
};

/** Every file of a folder, as paths from it; links are not followed. */
export const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
