// Checks dashboards against Grafana's published types: node check.mjs <modules> <folder with dashboards>.
// Each file becomes a typed literal, so that a wrong type, a missing key and a key that Grafana does not know are errors.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [modules, folder] = process.argv.slice(2);
const ts = createRequire(path.join(modules, 'package.json'))('typescript');
// JSON has the enumerations' values, not their names.
const head = `import type { Dashboard } from '@grafana/schema';
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const dashboard: Plain<Dashboard> = `;
const work = fs.mkdtempSync(path.join(modules, 'check-'));
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
const roots = files.map((name) => {
  const file = path.join(work, name.replace(/\.json$/, '.ts'));
  fs.writeFileSync(file, `${head}${fs.readFileSync(path.join(folder, name), 'utf8')};\n`);
  return file;
});
const program = ts.createProgram(roots, {
  noEmit: true, strict: true, skipLibCheck: true, types: [],
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022,
});
const faults = ts.getPreEmitDiagnostics(program).map((fault) => {
  const text = ts.flattenDiagnosticMessageText(fault.messageText, ' ');
  if (!fault.file) return text;
  const { line } = fault.file.getLineAndCharacterOfPosition(fault.start);
  return `${path.basename(fault.file.fileName)}:${line - head.split('\n').length + 2}: ${text}`;
});
fs.rmSync(work, { recursive: true });
for (const fault of faults) console.log(fault);
console.log(`${files.length} dashboards, ${faults.length} faults`);
process.exit(faults.length === 0 && files.length > 0 ? 0 : 1);
