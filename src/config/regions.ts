import { hiddenCharacter } from "../text/printable.ts";
import { nearest, words } from "../text/words.ts";

/** The regions of the SDK's endpoint rules; for suggestions only. */
export const KNOWN_REGIONS: readonly string[] = words(`
  us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3
  ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
  ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2
  eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 cn-north-1 cn-northwest-1
  us-gov-east-1 us-gov-west-1 eusc-de-east-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 eu-isoe-west-1
  us-isof-east-1 us-isof-south-1`);

/** The patterns of all partitions, because a region may be newer than the list. */
const PATTERN = /^(?:us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|eusc-de|us-iso|us-isob|eu-isoe|us-isof)-\w+-\d+$/;

/** Why a text is not an AWS region of any partition, as the end of a sentence; else undefined. */
export function regionProblem(text: string): string | undefined {
  if (PATTERN.test(text)) return undefined;
  const hidden = hiddenCharacter(text);
  if (hidden !== undefined) return `is not an AWS region, as its ${hidden}`;
  const guess = nearestRegion(text);
  return `is not an AWS region${guess === undefined ? "" : `; did you mean ${guess}?`}`;
}

/** The known region most similar to a misspelt one. */
export function nearestRegion(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return KNOWN_REGIONS.includes(plain) ? plain : nearest(plain, KNOWN_REGIONS);
}

/** The region probably meant by an unknown one, such as `eu-wst-1`. A new number is not a slip. */
export function misspeltRegion(region: string): string | undefined {
  const place = (name: string) => name.replace(/\d+$/, "");
  return KNOWN_REGIONS.some((known) => place(known) === place(region)) ? undefined : nearestRegion(region);
}
