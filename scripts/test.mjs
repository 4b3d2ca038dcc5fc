// npm test: set up what tests need, then every check, with a table of what ran at the end.
// --static: types, lint, format and unused code only.  --long: the long tests too (hours; LIVE_BOOTSTRAP_DIR names a checkout).
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, installPackages, installTools, ROOT, say, TEST_TOOLS } from './setup.mjs';

const staticOnly = process.argv.includes('--static');
const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
/** More failing files than these are no accident of a busy machine. */
const MOST_TRIED_AGAIN = 4;
const BACKGROUND = constants.priority.PRIORITY_BELOW_NORMAL;
const PROJECTS = ['unit', 'format', 'engine', 'qemu', 'cli', 'electron', 'ui', 'smooth'];

checkNode();
installPackages();
if (!staticOnly) installTools(TEST_TOOLS);

/** @type {{ name: string, ok: boolean, seconds: number, note: string }[]} */
const table = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
const bin = join(ROOT, 'node_modules', '.bin');

if (!staticOnly) build();
// Two processors: the linter takes about as long as the others together. Tests wait more than they compute, and have the right of way.
const ofText = [check('lint', join(bin, 'eslint'), ['--max-warnings', '0', '.']), checkTheRest()];
if (!staticOnly) await runTests(long ? [...PROJECTS, 'long'] : PROJECTS);
await Promise.all(ofText);

say('');
for (const { name, ok, seconds, note } of table) {
  say(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${`${seconds.toFixed(0)} s`.padStart(6)}  ${note}`);
}
const checks = table.filter((row) => row.name !== 'tests' && row.name !== 'tests again');
counts.passed += checks.filter((row) => row.ok).length;
counts.failed += checks.filter((row) => !row.ok).length;
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
  const selected = projects.flatMap((project) => ['--project', project]);
  const found = await vitest('tests', folder, [...selected, ...filters]);
  const row = table.find(({ name }) => name === 'tests');
  if (found !== undefined && row !== undefined) {
    const tests = found.testResults.flatMap((suite) => suite.assertionResults);
    for (const test of tests) {
      if (test.status === 'pending' || test.status === 'skipped') say(`skipped: ${test.fullName}`);
    }
    counts.passed += found.numPassedTests;
    counts.failed += found.numFailedTests;
    counts.skipped += found.numPendingTests + found.numTodoTests;
    row.note = `${found.numPassedTests} passed, ${found.numFailedTests} failed, ${counts.skipped} skipped`;
    if (found.numPassedTests === 0) row.ok = false;
    // What fails on a machine that is busy with everything else has a second try by itself; both outcomes are told.
    const failed = found.testResults.filter(({ status }) => status === 'failed');
    if (failed.length > 0 && failed.length <= MOST_TRIED_AGAIN) {
      const again = await vitest('tests again', folder, [
        ...selected,
        '--no-file-parallelism',
        ...failed.map(({ name }) => name),
      ]);
      if (again?.success === true) {
        row.ok = true;
        row.note += `; the failed ones passed when tried again by themselves`;
        counts.passed += counts.failed;
        counts.failed = 0;
      }
    }
    for (const suite of failed) {
      say(`failed at first: ${suite.name.slice(ROOT.length + 1)} ${(suite.message ?? '').slice(0, 500)}`);
      for (const test of suite.assertionResults) {
        if (test.status !== 'failed') continue;
        say(`failed at first: ${test.fullName}\n  ${(test.failureMessages[0] ?? '').slice(0, 1500)}`);
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages: string[] }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} SuiteResult
 * @typedef {{ success: boolean, numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: SuiteResult[] }} Report
 */

/**
 * @param {string} name
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<Report | undefined>} what its report says, if it came to write one
 */
async function vitest(name, folder, args) {
  const report = join(folder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  await check(name, join(bin, 'vitest'), ['run', ...reporters, ...args], {
    REQUIRE_TOOLS: process.env['CI'] === 'true' ? '1' : '',
  });
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
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
    if (!name.includes('test') && child.pid !== undefined) setPriority(child.pid, BACKGROUND);
    child.on('error', (error) => end(false, error.message));
    child.on('exit', (code) => end(code === 0, ''));
  });
}
