import { hostileEnvironment } from "./hostileEnvironment.ts";
import { defineSuite } from "./suite.ts";

defineSuite(hostileEnvironment);
