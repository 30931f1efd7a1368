/** So many characters of a secret in a row come by no chance. */
const PIECE = 12;
/** What is shorter is none, but may be a part of any word. */
const SHORTEST_SECRET = 8;

/** Whether a text holds one of the secrets, or a piece of one: a service that cuts what it was sent gives a part of it away. */
export function containsSecret(text: string, secrets: readonly string[]): boolean {
  const count = Math.max(0, text.length - PIECE + 1);
  const pieces = Array.from({ length: count }, (_, start) => text.slice(start, start + PIECE));
  return secrets
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .some((secret) => text.includes(secret) || pieces.some((piece) => secret.includes(piece)));
}
