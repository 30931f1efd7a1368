import { network } from "./networkFaults.ts";
import { defineSuite } from "./suite.ts";

defineSuite(network);
