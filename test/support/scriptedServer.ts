import { onTestFinished } from "vitest";
import { type HttpResponse, type Incoming, jsonResponse, redirect } from "../identityCenter/http.ts";
import { deliver } from "../identityCenter/misbehaviour.ts";
import { listen } from "../identityCenter/server.ts";

/** The request that a response is for: `POST /token`. Requests must come in this order. */
export type Script = readonly (readonly [request: string, body: object | "", status?: number])[];

interface ScriptedServer {
  readonly url: string;
  readonly requests: Incoming[];
}

/**
 * Responds from a list, for values that an emulator would generate. `/authorize` acts as a person
 * who allows the sign-in, with the code `code-1`; it needs no entry and is not recorded.
 */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: Incoming[] = [];
  const answer = (incoming: Incoming): HttpResponse => {
    if (incoming.path === "/authorize") {
      const state = incoming.query.get("state");
      return redirect(302, `${incoming.query.get("redirect_uri")}?code=code-1&state=${state}`);
    }
    const [request, body, status = 200] = script[requests.length] ?? ["nothing more", {}];
    requests.push(incoming);
    const asked = `${incoming.method} ${incoming.path}`;
    if (request !== asked)
      return jsonResponse(501, { message: `The script has ${request} here, not ${asked}` });
    return body === "" ? { status, headers: {}, body: "" } : jsonResponse(status, body);
  };
  const { url, goDown } = await listen(
    (incoming, response) => deliver(response, () => answer(incoming), undefined),
    0,
    undefined,
  );
  onTestFinished(goDown);
  return { url, requests };
}
