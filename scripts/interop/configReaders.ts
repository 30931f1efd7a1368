import { start } from "../../test/support/run.ts";
import type { Report } from "../stress/report.ts";
import { root } from "../toolchain.mjs";

/** What `init` writes, read by botocore's own config loader. */
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
