import { outages } from "./serviceFaults.ts";
import { defineSuite } from "./suite.ts";

defineSuite(outages);
