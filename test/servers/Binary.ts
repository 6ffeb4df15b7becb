import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first of `names` found on the PATH or in one of `folders`, as an absolute path; null when there is none. */
export const find = (names: ReadonlyArray<string>, folders: ReadonlyArray<string> = []): string | null => {
  const places = [...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), ...folders];
  for (const name of names) {
    for (const place of places) {
      const file = join(place, name);
      if (isExecutable(file)) return file;
    }
  }
  return null;
};

export const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** `tail` inside each subfolder of `folder`, the highest version first; empty when `folder` does not exist. */
export const versions = (folder: string, tail: string, prefix = ""): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((name) => join(folder, name, tail));
  } catch {
    return [];
  }
};
