import { root } from "../../scripts/toolchain.mjs";
import type { Report } from "../stress/report.ts";
import { start } from "../support/run.ts";

/** Reads the output of `init` with botocore's config loader. */
export async function configReaders(python: string, report: Report): Promise<void> {
  await report.row("configs that init writes, read by botocore", async (expect) => {
    const script = `${root}test/interop/init_botocore.ts`;
    const { code, stdout, stderr } = await start(process.execPath, ["--no-warnings", script, python], {
      cwd: root,
      env: { HOME: "/nonexistent" },
    }).done;
    expect(code === 0, `exit ${code}: ${stdout}${stderr}`);
    return { detail: stdout.trim().split("\n").at(-1) ?? "" };
  });
}
