import type { Input } from "./target.ts";

/** Takes pieces away, halves first, as long as `isGood` of what is left; tries so often at most. */
export async function shrink(
  input: Input,
  attempts: number,
  isGood: (input: Input) => Promise<boolean>,
): Promise<Input> {
  let best = input;
  let left = attempts;
  for (const part of input.keys()) {
    for (let length = best[part]?.length ?? 0; length >= 1; length = Math.floor(length / 2)) {
      for (let at = 0; at < (best[part]?.length ?? 0); ) {
        if (left-- <= 0) return best;
        const old = best[part] ?? Buffer.alloc(0);
        const candidate = best.with(part, Buffer.concat([old.subarray(0, at), old.subarray(at + length)]));
        if (await isGood(candidate)) best = candidate;
        else at += length;
      }
    }
  }
  return best;
}
