// `node FLAGS codeCacheRun.cjs FOLDER ENTRY CHUNK…`: evaluates the chunks in FOLDER as the executable would and
// leaves FOLDER/CHUNK.cache beside each.
const { readFileSync, writeFileSync } = require("node:fs");
const { Script } = require("node:vm");

const [, , folder, , ...names] = process.argv;
for (const name of names) {
  const script = new Script(readFileSync(`${folder}/${name}.js`, "latin1"), { filename: `${name}.js` });
  const module = { exports: {} };
  script.runInThisContext()(module, module.exports, process.getBuiltinModule);
  writeFileSync(`${folder}/${name}.cache`, script.createCachedData());
}
