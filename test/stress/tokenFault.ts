import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tokenPath } from "../support/home.ts";
import { SESSION, type Stage } from "./stage.ts";

/** The fault of the token file on disk. No command is called, because that might repair it. */
export function tokenFault(
  { home, center }: Pick<Stage, "home" | "center">,
  session = SESSION,
): string | undefined {
  const { state } = center;
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(readFileSync(join(home.path, tokenPath(session)), "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "it is not there" : String(error);
  }
  const access = state.accessTokens.get(String(file.accessToken));
  const refresh = state.refreshTokens.get(String(file.refreshToken));
  const now = Date.now();
  if (!access) return "nobody gave that access token";
  if (!refresh) return "nobody gave that refresh token";
  if (access.session.revoked || refresh.session.revoked) return "its sign-in was revoked";
  if (access.expiresAt <= now || !(Date.parse(String(file.expiresAt)) > now)) return "it has expired";
  return refresh.usedAt === undefined ? undefined : "its refresh token has been spent";
}
