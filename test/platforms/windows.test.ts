import { definePlatform } from "./case.ts";
import { story } from "./story.ts";
import { openWindows } from "./windows.ts";
import { windowsCases } from "./windowsCases.ts";

definePlatform("windows", "win-x64", openWindows, [...story, ...windowsCases]);
