import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { roleCredentialsFileName } from "../../../src/hit/paths.ts";
import { fc } from "../../support/fuzzing.ts";
import { rolePath } from "../../support/home.ts";

const vectors = new URL("../../vectors/aws-cli-2.36.7/", import.meta.url);
const role = { accountId: "111122223333", roleName: "Admin" };

it.each([
  ["device-session", { name: "corp", startUrl: "" }],
  ["device-legacy", { name: null, startUrl: "https://d-1234567890.awsapps.com/start" }],
])("names the file that the AWS CLI wrote (%s)", (scenario, session) => {
  const name = roleCredentialsFileName({ session, ...role });
  expect(existsSync(new URL(`${scenario}/dot-aws/cli/cache/${name}`, vectors))).toBe(true);
});

it("gives the same file name as the AWS CLI, whatever the names", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  fc.assert(
    fc.property(text, text, text, (name, accountId, roleName) => {
      const path = `.aws/cli/cache/${roleCredentialsFileName({ session: { name, startUrl: "" }, accountId, roleName })}`;
      expect(path).toBe(rolePath(name, accountId, roleName));
    }),
  );
});
