import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { ZipFile } from "yazl";
import type { Member } from "./members.ts";

/** Writes a gzipped tar whose bytes depend on nothing but `members` and `time` (epoch seconds). */
export async function writeTarGz(file: string, members: readonly Member[], time: number): Promise<void> {
  const tar = pack();
  const mtime = new Date(time * 1000);
  for (const folder of foldersOf(members))
    tar.entry({ name: `${folder}/`, type: "directory", mode: 0o755, mtime });
  for (const { path, mode, content } of sorted(members)) tar.entry({ name: path, mode, mtime }, content);
  tar.finalize();
  await pipeline(tar, createGzip({ level: 9 }), createWriteStream(file));
}

/** As {@link writeTarGz}, as a zip, whose times start in 1980; `time` is written as UTC. */
export async function writeZip(file: string, members: readonly Member[], time: number): Promise<void> {
  const zip = new ZipFile();
  // yazl writes the local fields of the date: shift it so that they are those of UTC.
  const utc = new Date(time * 1000);
  const mtime = new Date(utc.getTime() + utc.getTimezoneOffset() * 60_000);
  for (const { path, mode, content } of sorted(members))
    zip.addBuffer(content, path, { mode: 0o100000 | mode, mtime, forceDosTimestamp: true });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

function sorted(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function foldersOf(members: readonly Member[]): string[] {
  const folders = members.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(folders)].sort();
}
