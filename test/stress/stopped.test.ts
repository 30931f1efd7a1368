import { stopped } from "./stoppedProcesses.ts";
import { defineSuite } from "./suite.ts";

defineSuite(stopped);
