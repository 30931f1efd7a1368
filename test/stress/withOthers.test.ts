import { defineSuite } from "./suite.ts";
import { withOthers } from "./withOthers.ts";

defineSuite(withOthers);
