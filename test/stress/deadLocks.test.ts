import { deadLocks } from "./deadLocks.ts";
import { defineSuite } from "./suite.ts";

defineSuite(deadLocks);
