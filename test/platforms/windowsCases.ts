import type { Case } from "./case.ts";
import type { Windows } from "./windows.ts";
import { windowsCommands } from "./windowsCommands.ts";
import { windowsConsoles } from "./windowsConsoles.ts";
import { windowsFiles } from "./windowsFiles.ts";
import { windowsPrograms } from "./windowsPrograms.ts";

/** What is special about Windows. */
export const windowsCases: readonly Case<Windows>[] = [
  ...windowsFiles,
  ...windowsPrograms,
  ...windowsConsoles,
  ...windowsCommands,
];
