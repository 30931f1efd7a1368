import { expect, it } from "vitest";
import { callerFolders, callerProcess, nameCaller } from "../../../src/platform/callerProcess.ts";

/** Ancestors, nearest first: their command lines, with a name in brackets if it differs. */
const chain = (...lines: string[]) =>
  lines.map((line, at) => {
    const [, name, command = ""] = /^(?:\[(.+?)\] )?(.*)$/.exec(line) ?? [];
    const args = command.split(" ");
    return { pid: at + 1, name: name ?? (args[0] ?? "").replace(/^-|.*\//g, ""), args };
  });

it.each([
  ["the program itself", ["aws s3 ls", "-bash", "sshd: me"], "aws (process 1)"],
  ["the program behind an SDK's shell", ["/bin/sh -c sso-cred", "node x.js", "zsh -i"], "node (process 2)"],
  ["what the person started, not what that started", ["aws s3 ls", "make all", "bash"], "make (process 2)"],
  ["a script", ["aws s3 ls", "bash -e ./deploy.sh prod", "zsh"], "deploy.sh (process 2)"],
  ["the program under sudo", ["aws s3 ls", "sudo -E aws s3 ls", "bash"], "aws (process 1)"],
  [
    "the program in an editor's shell",
    ["aws", "bash --init-file /x/integration.sh -i", "[code] code"],
    "aws (process 1)",
  ],
  [
    "the program in a multiplexer",
    ["terraform plan", "[tmux: server] tmux new terraform plan"],
    "terraform (process 1)",
  ],
  [
    "the nearest program where there is no shell",
    ["java -jar x", "[gnome-shell] gnome-shell"],
    "java (process 1)",
  ],
  ["nobody, for a person at a shell", ["-zsh", "[tmux: server] tmux"], undefined],
  ["nobody, for a shell's command at a shell", ["sh -c sso-cred", "fish"], undefined],
  ["no multiplexer", ["sh -c sso-cred", "[screen] SCREEN"], undefined],
  ["no init", ["[systemd] /lib/systemd/systemd --user"], undefined],
])("names %s", (_, lines, expected) => {
  expect(nameCaller(chain(...lines))).toBe(expected);
});

it.each(["tmate", "zellij", "dtach", "abduco", "shpool", "wezterm-mux-server", "mosh-server"])(
  "never names the multiplexer %s",
  (name) => {
    expect(nameCaller(chain("sh -c sso-cred", name, "-bash"))).toBe(undefined);
    expect(nameCaller(chain("aws s3 ls", name, "-bash"))).toBe("aws (process 1)");
  },
);

it("is undefined where finding out would be expensive", () => {
  expect([callerProcess("darwin"), callerProcess("win32")]).toEqual([undefined, undefined]);
});

it("finds the folder of the calling program, and the one that a frozen program names", () => {
  expect(callerFolders({ _PYI_APPLICATION_HOME_DIR: "/tmp/_MEI1" }, "darwin")).toEqual(["/tmp/_MEI1"]);
  expect(callerFolders({}, "linux").length).toBeGreaterThan(0);
});
