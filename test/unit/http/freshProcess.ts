import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Output {
  stdout: string;
  stderr: string;
}

/** Runs `expression`, which may use freshAccess.ts, in a new Node with exactly this environment. */
export async function inFreshProcess(expression: string, env: Record<string, string>): Promise<Output> {
  const module = new URL("./freshAccess.ts", import.meta.url).href;
  const script = `
    const { accessTo, careless, filesReadBy } = await import(${JSON.stringify(module)});
    process.stdout.write(JSON.stringify(await ${expression}));`;
  const args = ["--experimental-strip-types", "--no-warnings", "--input-type=module", "-e", script];
  return await promisify(execFile)(process.execPath, args, { env });
}
