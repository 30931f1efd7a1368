import { concurrency } from "./concurrency.ts";
import { defineSuite } from "./suite.ts";

defineSuite(concurrency);
