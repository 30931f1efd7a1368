import { readdirSync, readFileSync } from "node:fs";
import type { Home } from "./home.ts";

export interface SeenProcess {
  pid: number;
  /** The words joined by blanks. */
  commandLine: string;
  environment: string[];
}

/** The running processes whose HOME is this folder. */
export function processesOf(home: string): SeenProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
        if (!environment.includes(`HOME=${home}`)) return [];
        const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), commandLine, environment }];
      } catch {
        return [];
      }
    });
}

/** The process ids of this home's workers. */
export function workersOf({ path }: Home, flag = "--login-worker"): number[] {
  return processesOf(path)
    .filter(({ commandLine }) => commandLine.includes(` ${flag} `))
    .map(({ pid }) => pid);
}
