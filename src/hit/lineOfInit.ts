/** Reads the line that `init` writes, without an argument parser. Undefined for any other. */
export function readLineOfInit(args: readonly string[]) {
  const [session, accountFlag, accountId, roleFlag, roleName] = args;
  if (args.length !== 5 || accountFlag !== "--account-id" || roleFlag !== "--role-name") return undefined;
  if (!isWord(session) || session === "init" || !isWord(accountId) || !isWord(roleName)) return undefined;
  return { session, accountId, roleName };
}

function isWord(arg: string | undefined): arg is string {
  return arg !== undefined && arg !== "" && arg[0] !== "-";
}
