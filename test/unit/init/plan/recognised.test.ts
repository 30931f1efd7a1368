import { expect, test } from "vitest";
import { readCurrentConfig } from "../../../../src/init/plan/planInput.ts";
import { fc } from "../../../support/fuzzing.ts";
import { planned } from "../../fuzz/properties/plans.ts";
import { files, options, role } from "./initOptions.ts";

/** Characters with a meaning to ini, shlex, sh, cmd or the SDK for JavaScript. */
const odd = fc.constantFrom(...` '"\\#;=:[]%$\`!&|<>()^,-./@+~*?{}本é`);
const plain = fc.constantFrom(..."abcXYZ019_");
const name = fc
  .array(fc.oneof(plain, odd), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join("").trim())
  .filter((text) => text !== "");

/** A name as the AWS CLI writes it into a header: `shlex.quote`d if it holds blanks or quotes. */
const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

test.each(["linux", "win32"] as const)(
  "every session and role that is read is written so that it is recognised, or rejected (%s)",
  (platform) => {
    let written = 0;
    fc.assert(
      fc.property(name, name, (session, roleName) => {
        const text = `[sso-session ${quoted(session)}]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n`;
        if (!readCurrentConfig(text).sessions.has(session)) return;
        const wanted = [role("111111111111", roleName)];
        const some = options({ session, sessionKeys: new Map(), wanted, nameTemplate: "dev", platform });
        const plan = planned(files(text), some);
        if (plan === undefined) return;
        written++;
        const after = readCurrentConfig(plan.after);
        expect(after.ours.get("dev")).toMatchObject({ session, accountId: "111111111111", roleName });
        expect([...after.sessions.keys()]).toEqual([session]);
        expect(planned(files(plan.after), some)?.edits).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(written).toBeGreaterThan(200);
  },
);
