import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../../src/usage/commandTable.ts";
import { binaryWorld } from "../support/binaryWorld.ts";
import { START_URL, sessionSection, tokenFile, tokenPath } from "../support/home.ts";
import { placeExecutable, start } from "../support/run.ts";

it.each(COMMANDS)("the example in the help of $name works unchanged: $example", async ({ name, example }) => {
  // The portal of the start URL does not exist, so nothing can visit its page.
  const { home, center, options } = await binaryWorld({ browser: name === "console" ? "ignore" : "visit" });
  const bin = join(home.path, "bin");
  const program = placeExecutable(bin);
  writeFileSync(join(bin, "aws"), '#!/bin/sh\necho "$AWS_ACCESS_KEY_ID"\n');
  chmodSync(join(bin, "aws"), 0o755);
  const line = `credential_process = ${program} my-sso --account-id 123456789011 --role-name ReadOnly`;
  await home.write(".aws/config", `[profile my-dev-profile]\n${line}\n${sessionSection("my-sso")}`);
  const token = { startUrl: START_URL, region: "eu-west-1", ...center.signIn() };
  await home.write(tokenPath("my-sso"), tokenFile(token));
  const env = { ...options.env, PATH: `${bin}:/usr/bin:/bin` };
  const { code, stderr } = await start("/bin/bash", ["-c", example], { home, env }).done;
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("sso-cred: ")]);
});
