import { constants } from "node:os";

/** The system's name for an error. Node names EDQUOT `Unknown system error -122`. */
export function errorCode(error: unknown): string {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code === "string" && !code.startsWith("Unknown ")) return code;
  const known = Object.entries(constants.errno).find(([, value]) => errno !== undefined && value === -errno);
  return known?.[0] ?? (typeof code === "string" ? code : "");
}
