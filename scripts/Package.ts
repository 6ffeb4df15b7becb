import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./Checks.ts";

/**
 * Builds `@strom/core` and packs it from a staging folder: `dist` with declarations and maps, `src` for the
 * maps to point into, and a package.json of its own whose exports lead to `dist`. In the workspace the same
 * exports lead to the sources, so that nothing needs building to run.
 */

const run = promisify(execFile);

/** The doors of the package: what is imported, and the file without its ending; of two, the one for Node first. */
const entries: Readonly<Record<string, string | readonly [node: string, elsewhere: string]>> = {
  ".": "index",
  "./testing": "testing/index",
  "./ports": "ports/index",
  "./files": "files/index",
  "./threads": ["threads/index", "threads/plain/index"],
};

const door = (file: string | readonly [node: string, elsewhere: string]) =>
  typeof file === "string"
    ? { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` }
    : {
        node: { types: `./dist/${file[0]}.d.ts`, default: `./dist/${file[0]}.js` },
        default: { types: `./dist/${file[1]}.d.ts`, default: `./dist/${file[1]}.js` },
      };

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords?: ReadonlyArray<string>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const readManifest = async (): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, "core/package.json"), "utf8"));

/** Dependencies stay exact: the same versions are part of the promise of the same digest. */
const manifestOf = (source: Manifest) => ({
  name: source.name,
  version: source.version,
  description: source.description,
  ...(source.keywords === undefined ? {} : { keywords: source.keywords }),
  license: source.license,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  files: ["dist", "src"],
  exports: {
    ...Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, door(file)])),
    "./package.json": "./package.json",
  },
  // For tools that read no exports map.
  types: "./dist/index.d.ts",
  main: "./dist/index.js",
  dependencies: source.dependencies,
});

/** The compiler leaves `.ts` in the imports of declarations; both endings have three letters, so maps stay true. */
const pointDeclarationsAtJs = async (folder: string): Promise<void> => {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(folder, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
};

const compile = async (stage: string): Promise<void> => {
  const config = {
    extends: join(root, "core/tsconfig.build.json"),
    compilerOptions: { rootDir: "src", outDir: "dist" },
    include: ["src/**/*.ts"],
  };
  await writeFile(join(stage, "tsconfig.json"), JSON.stringify(config));
  await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", stage], {
    cwd: root,
  }).catch((cause: { readonly stdout?: string }) => {
    throw new Error(`the core does not compile:\n${cause.stdout ?? String(cause)}`);
  });
  await rm(join(stage, "tsconfig.json"));
  await pointDeclarationsAtJs(join(stage, "dist"));
};

/** Stages the package in a fresh folder under `core/dist` and returns it; what is in it is what npm packs. */
export const stageCore = async (): Promise<string> => {
  await mkdir(join(root, "core/dist"), { recursive: true });
  const stage = await mkdtemp(join(root, "core/dist/stage-"));
  await cp(join(root, "core/src"), join(stage, "src"), { recursive: true });
  await cp(join(root, "core/README.md"), join(stage, "README.md"));
  await cp(join(root, "LICENSE"), join(stage, "LICENSE"));
  await compile(stage);
  await writeFile(
    join(stage, "package.json"),
    `${JSON.stringify(manifestOf(await readManifest()), null, 2)}\n`,
  );
  return stage;
};

/** Packs a staged package into `folder`; the path of the tarball. */
export const pack = async (stage: string, folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], {
    cwd: stage,
  });
  const [packed]: ReadonlyArray<{ readonly filename: string }> = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`npm pack said nothing: ${stdout}`);
  return join(folder, packed.filename);
};
