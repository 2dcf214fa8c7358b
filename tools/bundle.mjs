// node bundle.mjs <entry> <outfile>: one minified script of the entry and all that it imports.
import { build } from "esbuild";

const [entry, outfile] = process.argv.slice(2);
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  minify: true,
  format: "iife",
  // what the browsers of the last five years understand
  target: "es2020",
  legalComments: "none",
});
