import { surroundings } from "./oddSurroundings.ts";
import { defineSuite } from "./suite.ts";

defineSuite(surroundings);
