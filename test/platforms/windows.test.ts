import { definePlatform } from "./case.ts";
import { story } from "./story.ts";
import { openWindows } from "./windows.ts";
import { windowsCommands } from "./windowsCommands.ts";
import { windowsConsoles } from "./windowsConsoles.ts";
import { windowsFiles } from "./windowsFiles.ts";
import { windowsPrograms } from "./windowsPrograms.ts";

definePlatform("windows", "win-x64", openWindows, [
  ...story,
  ...windowsFiles,
  ...windowsPrograms,
  ...windowsConsoles,
  ...windowsCommands,
]);
