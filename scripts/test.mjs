// npm test: set up what tests need, then every check, with a table of what ran at the end.
// --static: types, lint, format and unused code only.  --long: the long tests too (hours; LIVE_BOOTSTRAP_DIR names a checkout).
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, installPackages, installTools, ROOT, say, TEST_TOOLS } from './setup.mjs';

const staticOnly = process.argv.includes('--static');
const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const PROJECTS = ['unit', 'format', 'engine', 'qemu', 'cli', 'electron', 'ui', 'smooth'];

checkNode();
installPackages();
if (!staticOnly) installTools(TEST_TOOLS);

/** @type {{ name: string, ok: boolean, seconds: number, note: string }[]} */
const table = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
const bin = join(ROOT, 'node_modules', '.bin');

// Two processors: the linter takes about as long as the others together.
await Promise.all([check('lint', join(bin, 'eslint'), ['--max-warnings', '0', '.']), checkTheRest()]);
if (!staticOnly) {
  build();
  await runTests(long ? [...PROJECTS, 'long'] : PROJECTS);
}

say('');
for (const { name, ok, seconds, note } of table) {
  say(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${`${seconds.toFixed(0)} s`.padStart(6)}  ${note}`);
}
counts.passed += table.filter((row) => row.ok && row.name !== 'tests').length;
counts.failed += table.filter((row) => !row.ok && row.name !== 'tests').length;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = table.every((row) => row.ok) ? 0 : 1;

async function checkTheRest() {
  await check('types', join(bin, 'tsc'), ['--build', '--pretty', 'false']);
  await check('format', join(bin, 'prettier'), ['--check', '--log-level', 'warn', '.']);
  await check('unused code', join(bin, 'knip'), []);
}

/** @param {string[]} projects */
async function runTests(projects) {
  const folder = mkdtempSync(join(tmpdir(), 'seedbed-test-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  for (const project of projects) args.push('--project', project);
  await check('tests', join(bin, 'vitest'), [...args, ...filters], {
    REQUIRE_TOOLS: process.env['CI'] === 'true' ? '1' : '',
  });
  const row = table.find(({ name }) => name === 'tests');
  if (existsSync(report) && row !== undefined) {
    const found = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += found.numPassedTests;
    counts.failed += found.numFailedTests;
    counts.skipped += found.numPendingTests + found.numTodoTests;
    row.note = `${found.numPassedTests} passed, ${found.numFailedTests} failed, ${counts.skipped} skipped`;
    if (found.numPassedTests === 0) row.ok = false;
    for (const suite of found.testResults) {
      for (const test of suite.assertionResults) {
        if (test.status === 'pending' || test.status === 'skipped') say(`skipped: ${test.fullName}`);
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<void>}
 */
function check(name, program, args, env = {}) {
  const began = performance.now();
  return new Promise((done) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    const end = (/** @type {boolean} */ ok, /** @type {string} */ note) => {
      table.push({ name, ok, seconds: (performance.now() - began) / 1000, note });
      done();
    };
    child.on('error', (error) => end(false, error.message));
    child.on('exit', (code) => end(code === 0, ''));
  });
}
