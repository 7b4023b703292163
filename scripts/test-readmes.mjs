// Runs the program of the root README and of every package's README on the built packages, and
// compares what it prints with its own `// => value` comments. Ends with the sum of all tests:
//   node scripts/test-readmes.mjs [--report vitest-report.json] [--build-failed]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readmeProgram, readPackages, root } from './packages.mjs';

// Node breaks and pads long arrays as it likes: space beside brackets says nothing.
const words = (text) =>
  text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/([[{(]) | (?=[\]})])/g, '$1');

/** The texts after `// =>`; lines below that start with `//` and two spaces continue one. */
export function expectations(program) {
  const found = [];
  let open = false;
  for (const line of program.split('\n')) {
    const start = /\/\/ =>\s?(.*)$/.exec(line);
    const more = /^\s*\/\/ {2,}(.*)$/.exec(line);
    if (start) found.push(start[1]);
    else if (more && open) found[found.length - 1] += ` ${more[1]}`;
    open = Boolean(start || (more && open));
  }
  return found.map(words);
}

/** Makes `value; // => text` print: a README may show a value without the noise of console.log. */
export function printing(program) {
  return program
    .split('\n')
    .map((line) => {
      const shown = /^(?!\s*(?:console|import|export|\/\/|[\])}]))(.*?);(\s*\/\/ =>.*)$/.exec(line);
      if (!shown) return line;
      const [, statement, comment] = shown;
      const named = /^\s*(?:const|let)\s+(\w+)\s*(?::[^=]+)?=/.exec(statement)?.[1];
      return named
        ? `${statement}; console.log(${named});${comment}`
        : `console.log(${statement});${comment}`;
    })
    .join('\n');
}

/** The first expectation that the printed text does not hold in this order, or undefined. */
function firstMissing(expected, printed) {
  let rest = words(printed);
  for (const text of expected) {
    // `...` at the end stands for whatever the line goes on with (times, rates).
    const wanted = text.replace(/\s*(\.\.\.|…)$/, '');
    const at = rest.indexOf(wanted);
    if (at < 0) return text;
    rest = rest.slice(at + wanted.length);
  }
  return undefined;
}

const packages = readPackages();
const gradus = packages.find((each) => each.name === 'gradus');
const documents = [
  { name: 'README.md', file: path.join(root, 'README.md'), folder: gradus.folder },
  ...packages
    .filter((each) => !each.manifest.private)
    .map(({ folder }) => {
      const file = path.join(folder, 'README.md');
      return { name: path.relative(root, file), file, folder };
    }),
];

const totals = { passed: 0, failed: 0, skipped: 0 };
const scratch = mkdtempSync(path.join(tmpdir(), 'gradus-readme-'));
for (const { name, file, folder } of documents) {
  const program = readmeProgram(file);
  if (program === undefined) {
    totals.failed += 1;
    console.error(`✗ ${name}: no program (a first block fenced as js or ts)`);
    continue;
  }
  // Inside the package's folder, so that its own name resolves through its exports map.
  const script = path.join(folder, '.readme-program.mjs');
  writeFileSync(script, printing(program));
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    cwd: scratch,
    encoding: 'utf8',
    timeout: 120_000,
  });
  rmSync(script);
  const missing = status === 0 ? firstMissing(expectations(program), stdout) : undefined;
  if (status === 0 && missing === undefined) {
    totals.passed += 1;
    console.log(`✓ ${name} runs as printed (${Date.now() - started} ms)`);
  } else {
    totals.failed += 1;
    console.error(
      status === 0
        ? `✗ ${name}: expected "${missing}", in this order, in\n${stdout}`
        : `✗ ${name}: stopped with ${status}\n${stdout}${stderr}`,
    );
  }
}
rmSync(scratch, { recursive: true });
const failed = totals.failed > 0;

const report = process.argv[process.argv.indexOf('--report') + 1];
if (process.argv.includes('--report')) {
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
      JSON.parse(readFileSync(report, 'utf8'));
    totals.passed += numPassedTests;
    totals.skipped += numPendingTests + numTodoTests;
    // A file that does not even load has no failed test of its own: count the file.
    totals.failed +=
      numFailedTests +
      testResults.filter(
        (each) =>
          each.status === 'failed' &&
          !each.assertionResults.some((test) => test.status === 'failed'),
      ).length;
  } else totals.failed += 1;
}
if (process.argv.includes('--build-failed')) {
  totals.failed += 1;
  console.error('✗ the build or the type check: see above');
}
const line = `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
writeFileSync(path.join(root, 'node_modules', '.test-totals'), `${line}\n`);
console.log(`\n${line}`);
process.exit(failed ? 1 : 0);
