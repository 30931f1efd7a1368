import { disks } from "./brokenDisks.ts";
import { defineSuite } from "./suite.ts";

defineSuite(disks);
