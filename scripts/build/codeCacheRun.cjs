// `node FLAGS codeCacheRun.cjs FOLDER ENTRY ARGUMENT…`: runs the entry with the chunks in FOLDER and the ARGUMENTs like
// the executable, and at the end writes the code cache of each chunk, FOLDER/NAME.cache.
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { basename } = require("node:path");
const sea = require("node:sea");
const vm = require("node:vm");

const [node = "", , folder = "", entry = "", ...args] = process.argv;
process.argv = [node, node, ...args];

/** @type {Map<string, import("node:vm").Script>} */
const scripts = new Map();
vm.Script = class extends vm.Script {
  /**
   * @param {string} source
   * @param {import("node:vm").ScriptOptions} options
   */
  constructor(source, options) {
    super(source, options);
    scripts.set(options.filename ?? "", this);
  }
};
sea.getRawAsset = (name) => {
  const content = name.endsWith(".cache") ? [] : readFileSync(`${folder}/${name}`);
  return new Uint8Array(content).buffer;
};

process.on("exit", () => {
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".js")) continue;
    const script = scripts.get(file) ?? evaluate(file);
    writeFileSync(`${folder}/${basename(file, ".js")}.cache`, script.createCachedData());
  }
});
require(entry);

/**
 * For a chunk that the run had no use for.
 * @param {string} file
 */
function evaluate(file) {
  const script = new vm.Script(readFileSync(`${folder}/${file}`, "latin1"), { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module, module.exports, process.getBuiltinModule);
  return script;
}
