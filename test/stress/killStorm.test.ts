import { killStorm } from "./killStorm.ts";
import { defineSuite } from "./suite.ts";

defineSuite(killStorm);
