import type { IncomingMessage } from "node:http";
import { Refusal } from "./Refusal.ts";

/** What a method was called with: JSON or a form, files apart. */
export interface Body {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, Buffer>>;
}

const maxBytes = 50 * 1024 * 1024;

export const read = async (request: IncomingMessage): Promise<Body> => {
  const chunks: Array<Buffer> = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes) throw new Refusal(413, "Request Entity Too Large");
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (type.startsWith("multipart/form-data")) return form(bytes, type);
  if (bytes.length === 0) return { fields: {}, files: {} };
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return { fields: Object.fromEntries(new URLSearchParams(bytes.toString())), files: {} };
  }
  try {
    return { fields: JSON.parse(bytes.toString()), files: {} };
  } catch {
    throw new Refusal(400, "Bad Request: can't parse JSON object");
  }
};

const form = async (bytes: Buffer, type: string): Promise<Body> => {
  const fields: Record<string, unknown> = {};
  const files: Record<string, Buffer> = {};
  const parts = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  for (const [name, value] of parts.entries()) {
    if (typeof value === "string") fields[name] = fromText(value);
    else files[name] = Buffer.from(await value.arrayBuffer());
  }
  return { fields, files };
};

/** In a form, numbers, booleans and objects arrive as text. */
const fromText = (text: string): unknown => {
  if (!/^(true|false|-?\d+|[[{].*)$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
