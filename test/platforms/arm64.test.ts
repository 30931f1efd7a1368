import { openArm64 } from "./arm64.ts";
import { definePlatform } from "./case.ts";
import { story } from "./story.ts";

definePlatform("arm64", "linux-arm64", openArm64, story);
