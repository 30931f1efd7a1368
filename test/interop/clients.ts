import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { pinnedNode, root } from "../../scripts/toolchain.mjs";
import { nameOfAws } from "./awsCli.ts";
import { FOLDER, type Found, installFromNpm, PROBES, type Program, reason, run } from "./installation.ts";

const RUST_MS = 1_200_000;

/** Pinned, so that results stay comparable. AWS CLI v1 brings its own botocore. */
const PYTHON_PACKAGES = ["awscli==1.46.3", "boto3==1.44.3"];

/** boto3 and the AWS CLI v1 from PyPI, in a virtual environment of their own. */
export function pythonClients(): { boto3: Found; awsV1: Found; python: string | undefined } {
  const venv = `${FOLDER}/python-${PYTHON_PACKAGES.join("-")}`;
  const missing = makeVenv(venv, PYTHON_PACKAGES);
  if (missing) {
    return { boto3: { name: "boto3", missing }, awsV1: { name: "AWS CLI v1", missing }, python: undefined };
  }
  const python = `${venv}/bin/python`;
  const versions = run(python, [
    "-c",
    "import boto3, botocore; print(boto3.__version__, botocore.__version__)",
  ]);
  const [boto3 = "", botocore = ""] = versions.stdout.trim().split(" ");
  return {
    boto3: { name: `boto3 ${boto3} (botocore ${botocore})`, command: [python, `${PROBES}/probe.py`] },
    awsV1: { name: nameOfAws([python, `${venv}/bin/aws`]), command: [python, `${venv}/bin/aws`] },
    python,
  };
}

function makeVenv(venv: string, packages: readonly string[]): string | undefined {
  if (existsSync(`${venv}/ok`)) return undefined;
  rmSync(venv, { recursive: true, force: true });
  const made = run("python3", ["-m", "venv", venv]);
  if (made.status !== 0) return `python3 -m venv does not work here: ${reason(made)}`;
  const installed = run(`${venv}/bin/python`, ["-m", "pip", "install", "-q", ...packages]);
  if (installed.status !== 0) return `pip install failed: ${reason(installed)}`;
  writeFileSync(`${venv}/ok`, "");
  return undefined;
}

/** The SDK for C++, as it is in Arrow's library for Python. */
export function cppClient(): Found {
  const arrow = "pyarrow==26.0.1";
  const venv = `${FOLDER}/python-${arrow}`;
  const missing = makeVenv(venv, [arrow]);
  const name = `C++ (${arrow.replace("==", " ")})`;
  return missing ? { name, missing } : { name, command: [`${venv}/bin/python`, `${PROBES}/probeArrow.py`] };
}

export function javaScriptClient(): Program {
  const { version } = JSON.parse(
    readFileSync(`${root}node_modules/@aws-sdk/client-sts/package.json`, "utf8"),
  );
  return {
    name: `JavaScript v3 (client-sts ${version})`,
    command: [pinnedNode(), "--no-warnings", `${PROBES}/probe.mjs`],
  };
}

/** The SDK for JavaScript v2, from npm. */
export function javaScriptV2Client(): Found {
  const version = "2.1693.0";
  const name = `JavaScript v2 (${version})`;
  const folder = `${FOLDER}/aws-sdk-${version}`;
  const missing = installFromNpm(folder, `aws-sdk@${version}`);
  if (missing) return { name, missing };
  const env = {
    AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: "1",
    PROBE_SDK: `${folder}/node_modules/aws-sdk`,
  };
  return { name, command: [pinnedNode(), "--no-warnings", `${PROBES}/probeV2.mjs`], env };
}

/** Both SDKs for Go in one program. Its modules come from the Go module proxy. */
export function goClients(): { v1: Found; v2: Found; base: Found } {
  const binary = `${FOLDER}/go-probe`;
  mkdirSync(FOLDER, { recursive: true });
  const built = run("go", ["build", "-buildvcs=false", "-o", binary, "."], {}, `${PROBES}/go`);
  const modules = readFileSync(`${PROBES}/go/go.mod`, "utf8");
  const version = (module: string) => new RegExp(`${module} v(\\S+)`).exec(modules)?.[1];
  const found = (name: string, which: string): Found =>
    built.status === 0
      ? { name, command: [binary, which] }
      : { name, missing: `go build does not work here: ${reason(built)}` };
  return {
    v1: found(`Go v1 (${version("aws-sdk-go")})`, "v1"),
    v2: found(`Go v2 (config ${version("aws-sdk-go-v2/config")})`, "v2"),
    base: found(`aws-sdk-go-base (${version("aws-sdk-go-base/v2")})`, "base"),
  };
}

export const javaClient = () => mavenClient("Java v2", "java");

/** Called from Java, which needs no Kotlin compiler. */
export const kotlinClient = () => mavenClient("Kotlin", "kotlin");

/** `java` runs the source itself; Maven only resolves the class path. */
function mavenClient(title: string, folder: string): Found {
  const pom = readFileSync(`${PROBES}/${folder}/pom.xml`, "utf8");
  const [, version = ""] = /<version>(\d+\.[^<]*)</.exec(pom) ?? [];
  const name = `${title} (${version})`;
  const file = `${FOLDER}/${folder}-${version}.classpath`;
  mkdirSync(FOLDER, { recursive: true });
  if (!existsSync(file)) {
    const args = ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${file}`];
    const resolved = run("mvn", args, {}, `${PROBES}/${folder}`);
    if (resolved.status !== 0)
      return { name, missing: `mvn does not resolve the SDK here: ${reason(resolved)}` };
  }
  const classPath = readFileSync(file, "utf8").trim();
  return { name, command: ["java", "-cp", classPath, `${PROBES}/${folder}/Probe.java`] };
}

/** Takes minutes to build, so it is built only on request. */
export function rustClient(): Found {
  const target = `${FOLDER}/rust`;
  const built = run("cargo", ["build", "-q", "--target-dir", target], {}, `${PROBES}/rust`, RUST_MS);
  const manifest = readFileSync(`${PROBES}/rust/Cargo.toml`, "utf8");
  const name = `Rust (aws-config ${/aws-config = .*?"=([^"]+)"/.exec(manifest)?.[1]})`;
  return built.status === 0
    ? { name, command: [`${target}/debug/probe`] }
    : { name, missing: `cargo build does not work here: ${reason(built)}` };
}

/** The SDK for Ruby, if installed: RubyGems' `aws-sdk-core` or Debian's `ruby-aws-sdk-core`. */
export function rubyClient(): Found {
  const asked = run("ruby", ["-raws-sdk-core", "-e", "puts Aws::CORE_GEM_VERSION"]);
  return asked.status === 0
    ? { name: `Ruby v3 (core ${asked.stdout.trim()})`, command: ["ruby", `${PROBES}/probe.rb`] }
    : { name: "Ruby v3", missing: `no aws-sdk-core for ruby here: ${reason(asked)}` };
}
