import { fc } from "./fuzzing.ts";
import { isoSeconds } from "./home.ts";

/** One call of the executable: its arguments and environment, and the content of the cache. */
export interface FrontCase {
  args: string[];
  env: Record<string, string>;
  /** The cache file that those arguments name. */
  content: string;
  place: Place;
  /** The `Expiration` in the file in epoch milliseconds; NaN if it has another format. */
  expiresAt: number;
}

type Place = "file" | "link" | "folder" | "pipe" | "device" | "endless" | "nothing" | "unreadable";

/** A small change of a hit. Most changes must keep the front from answering it. */
type Change = (one: FrontCase) => FrontCase;

const text = (pattern: RegExp, put: string): Change => {
  return (one) => ({ ...one, content: one.content.replace(pattern, put) });
};
const date = (expiration: string, expiresAt = Number.NaN): Change => {
  return (one) => {
    const content = one.content.replace(/("Expiration": ?)"[^"]*"/, (_, key) => `${key}"${expiration}"`);
    return content === one.content ? one : { ...one, expiresAt, content };
  };
};
const fromNow = (seconds: number): Change => {
  const expiresAt = Date.now() + seconds * 1000;
  return date(isoSeconds(expiresAt), expiresAt);
};
const place = (put: FrontCase["place"]): Change => {
  return (one) => ({ ...one, place: put });
};
const args = (edit: (args: string[]) => string[]): Change => {
  return (one) => ({ ...one, args: edit(one.args) });
};
const env = (more: Record<string, string>): Change => {
  return (one) => ({ ...one, env: { ...one.env, ...more } });
};

/** An output of exactly so many bytes. */
const answerSize = (size: number): Change => {
  return (one) => {
    const bare = one.content.replace(/"SessionToken": "[^"]*"/, '"SessionToken": ""');
    const values = [...bare.matchAll(/"(?:AccessKeyId|SecretAccessKey)": "([^"]*)"/g)];
    const others = values.reduce((sum, [, value = ""]) => sum + value.length, OTHER_BYTES);
    const token = "t".repeat(Math.max(0, size - others));
    return { ...one, content: bare.replace('"SessionToken": ""', `"SessionToken": "${token}"`) };
  };
};
/** The length of an output without its keys and its token. */
const OTHER_BYTES =
  '{"Version":1,"AccessKeyId":"","SecretAccessKey":"","SessionToken":"","Expiration":"0000-00-00T00:00:00Z","AccountId":"000000000000"}\n'
    .length;

/** A file of exactly so many bytes. */
const fileSize = (size: number): Change => {
  return (one) => {
    const blanks = " ".repeat(Math.max(0, size - one.content.length));
    return { ...one, content: one.content.replace(/, /, `, ${blanks}`) };
  };
};

const keysTurned: Change = (one) => {
  try {
    const { Credentials, ...rest } = JSON.parse(one.content);
    const turned = Object.fromEntries(Object.entries(Credentials).reverse());
    return { ...one, content: JSON.stringify({ ...rest, Credentials: turned }) };
  } catch {
    return one;
  }
};

const DATES = [
  "2099-02-29 2096-02-29 2100-02-29 2400-02-29 2096-02-30 2097-02-28 2097-04-31 2097-12-31",
  "2097-00-10 2097-13-01 2097-01-00 2097-01-32",
].flatMap((days) => days.split(" ").map((day) => `${day}T00:00:00Z`));
const TIMES = ["24:00:00", "23:59:60", "23:60:00", "25:00:00", "23:59:59"].map(
  (time) => `2097-01-31T${time}Z`,
);
const FORMS = [
  "2097-01-31T10:00:00UTC",
  "2097-01-31T10:00:00+00:00",
  "2097-01-31T10:00:00.5Z",
  "2097-01-31 10:00:00Z",
  "2097-01-31t10:00:00z",
  "9999-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "1969-12-31T23:59:59Z",
  "2097-1-31T1:00:00Z",
  "+2097-01-31T10:00:00Z",
  "2097-01-31T10:00:00Z ",
  "",
  "2097-01-31T10:00:00",
  "\uff12097-01-31T10:00:00Z",
];

/** Each of these changes breaks one rule of the front. */
export const EDGES: readonly Change[] = [
  ...[0, 60, 890, 896, 904, 910].map(fromNow),
  ...[...DATES, ...TIMES, ...FORMS].map((each) => date(each)),
  ...[4094, 4095, 4096, 4097, 8191, 8192].map(answerSize),
  ...[65_535, 65_536, 65_537].map(fileSize),
  (one) => text(/$/, "x")(fileSize(65_536)(one)),
  keysTurned,
  text(/"ProviderType": "sso"/, '"ProviderType": "sso", "ProviderType": "x"'),
  text(/"ProviderType": "sso"/, '"ProviderType": "x", "ProviderType": "sso"'),
  text(/"ProviderType": "sso", /, ""),
  text(/"sso"/, '"SSO"'),
  text(/"sso"/, "null"),
  text(/"AccessKeyId": "/, '"AccessKeyId": "A", "AccessKeyId": "'),
  text(/"AccessKeyId"/, '"accessKeyId"'),
  text(/"AccessKeyId": "[^"]*", /, ""),
  ...["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"].flatMap((key) => [
    text(new RegExp(`"${key}": "[^"]*"`), `"${key}": ""`),
    text(new RegExp(`"${key}": "[^"]*"`), `"${key}": null`),
    text(new RegExp(`, "${key}": "[^"]*"`), ""),
  ]),
  text(/"SessionToken": "[^"]*"/, '"SessionToken": 7'),
  text(/"SessionToken": "[^"]*"/, '"SessionToken": ["x"]'),
  text(/"AccountId": "\d+"/, '"AccountId": "000000000000"'),
  text(/"AccountId": "(\d+)"/, '"AccountId": $1'),
  text(/\}/, ', "More": "x"}'),
  text(/\}$/, ', "More": {"a": [1, null]}}'),
  text(/\}$/, ', "__proto__": {"ProviderType": "sso"}}'),
  text(/"SsoCred": \{[^}]*\}/, '"SsoCred": {}'),
  text(/"SsoCred": \{/, '"SsoCred": {"session": {}, '),
  text(/"SsoCred": \{/, '"SsoCred": {"endpoint": "http://127.0.0.1:9", '),
  text(/, "endpoint": "[^"]*"/, ', "endpoint": ""'),
  text(/, "endpoint": "[^"]*"/, ', "endpoint": null'),
  text(/: \{/, ": [{"),
  text(/, /, ",, "),
  text(/\}\}$/, ",}}"),
  text(/"Credentials"/, '"Credentials": {"AccessKeyId": "A"}, "Credentials"'),
  text(/\}$/, ', "Credentials": {"AccessKeyId": "A"}}'),
  text(/\}$/, ', "Credentials": "x"}'),
  ...[" ", "\n", "\t", "\r\n", "   "].flatMap((blank) => [
    text(/, /g, `,${blank}`),
    text(/$/, blank),
    text(/^/, blank),
  ]),
  ...["\ufeff", "[", "{", '"'].map((put) => text(/^/, put)),
  ...["\0", "}", "x", "{}"].map((put) => text(/$/, put)),
  ...(["link", "folder", "pipe", "device", "endless", "nothing", "unreadable"] as const).map(place),
  args((all) => all.slice(0, -1)),
  args((all) => [...all, "--help"]),
  ...[1, 3].map((at) => args((all) => all.with(at, "--no-such-flag"))),
  args((all) => ["init", ...all.slice(1)]),
  args((all) => ["", ...all.slice(1)]),
  args((all) => ["-x", ...all.slice(1)]),
  args((all) => [...all.slice(0, 4), "-x"]),
  args((all) => [...all.slice(0, 4), ""]),
  args((all) => [...all.slice(0, 2), "1234", ...all.slice(3)]),
  args((all) => [...all.slice(0, 2), "12345678901x", ...all.slice(3)]),
  args(([session = "", flag = "", id = "", other = "", role = ""]) => [session, other, role, flag, id]),
  args(([session = "", , id = "", , role = ""]) => [session, `--account-id=${id}`, `--role-name=${role}`]),
  args(([session = "", ...rest]) => ["--sso-session", session, ...rest]),
  ...["/dev/null", ""].map((SSO_CRED_TRACE) => env({ SSO_CRED_TRACE })),
  ...["off", "on", ""].map((SSO_CRED_CACHE) => env({ SSO_CRED_CACHE })),
  ...["", ".", "./", "/nonexistent", `/${"x".repeat(5000)}`, "/home/jos\u00e9"].map((HOME) => env({ HOME })),
  ...["http://127.0.0.1:9", ""].map((AWS_ENDPOINT_URL_SSO) => env({ AWS_ENDPOINT_URL_SSO })),
  ...["true", "false", ""].map((AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) =>
    env({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS }),
  ),
  env({ SSO_CRED_WAIT: "0" }),
  env({ AWS_PROFILE: "x", AWS_CONFIG_FILE: "/nonexistent" }),
];

const oddText = fc.oneof(
  fc.constantFrom(
    "",
    "\\u0041",
    "\\/",
    '\\"',
    "\\n",
    "\u007f",
    "\u00e9",
    "\u2028",
    "\t",
    "\ud800",
    "\\ud800",
    "\0",
  ),
  fc.constantFrom("~", " ", "'", "<&>", "/"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const someDate = fc.date({ min: new Date(0), max: new Date("2500-01-01"), noInvalidDate: true });

/** Inserts text before the nth value. */
const inValue = (nth: number, put: string): Change => {
  return (one) => {
    let seen = 0;
    return {
      ...one,
      content: one.content.replace(/": "/g, (found) => (seen++ === nth ? found + put : found)),
    };
  };
};
const inArgument = (nth: number, put: string) =>
  args((all) => all.map((arg, i) => (i === nth ? arg + put : arg)));
const byteAt = (at: number, byte: number): Change => {
  return (one) => {
    const i = at % Math.max(1, one.content.length);
    return {
      ...one,
      content: one.content.slice(0, i) + String.fromCharCode(byte) + one.content.slice(i + 1),
    };
  };
};
const cutAt = (at: number): Change => {
  return (one) => ({ ...one, content: one.content.slice(0, at % Math.max(1, one.content.length)) });
};

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.integer({ min: 850, max: 950 }).map(fromNow),
  someDate.map((each) => date(isoSeconds(each.getTime()))),
  fc.tuple(fc.nat(8), oddText).map(([nth, put]) => inValue(nth, put)),
  // Arguments end at a NUL, and half a surrogate pair has no bytes.
  fc.tuple(fc.constantFrom(0, 2, 4), oddText).map(([nth, put]) => inArgument(nth, put.replace(/\0/g, ""))),
  fc.tuple(fc.nat(600), fc.nat(255)).map(([at, byte]) => byteAt(at, byte)),
  fc.nat(600).map(cutAt),
);
