// Bundles the test host: node build.mjs <folder that holds node_modules> <output folder>
//
// One bundle for each pair of loader and React; which console the loader plays is chosen by the page that loads it.
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [modules, out] = process.argv.slice(2).map((path) => resolve(path));
const { build } = createRequire(join(modules, 'package.json'))('esbuild');
const src = join(dirname(fileURLToPath(import.meta.url)), 'src');

const react17 = { react: 'react17', 'react-dom': 'react-dom17', '#render': join(src, 'render17.jsx') };
const react18 = { '#render': join(src, 'render18.jsx') };
const router5 = { '#router': join(src, 'router5.jsx') };
const router7 = { '#router': join(src, 'router7.jsx') };

const bundles = [
  { name: 'sdk8-react18', entry: 'main-sdk.jsx', alias: { ...react18, ...router7, '#sdk': 'sdk8' } },
  { name: 'sdk9-react18', entry: 'main-sdk.jsx', alias: { ...react18, ...router7, '#sdk': 'sdk9' } },
  { name: 'console-react17', entry: 'main-console.jsx', alias: { ...react17, ...router5 } },
  { name: 'console-react18', entry: 'main-console.jsx', alias: { ...react18, ...router5 } },
];

const common = {
  bundle: true,
  format: 'iife',
  jsx: 'automatic',
  target: 'es2022',
  nodePaths: [join(modules, 'node_modules')],
  // React's development build: StrictMode runs effects twice, and misuse is reported as an error in the console.
  define: { 'process.env.NODE_ENV': '"development"', global: 'globalThis' },
  logLevel: 'warning',
  logOverride: { 'direct-eval': 'silent' },
};

await Promise.all([
  build({ ...common, entryPoints: [join(src, 'watch.js')], outfile: join(out, 'watch.js') }),
  ...bundles.map(({ name, entry, alias }) =>
    build({ ...common, entryPoints: [join(src, entry)], alias, outfile: join(out, `${name}.js`) }),
  ),
]);
