// What the project needs on a machine, and how it gets there. Plain Node without packages: it runs before there are any.
// Safe to repeat; quick when nothing is missing; says the name of each thing that it installs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];

/**
 * A program that is needed, and where it comes from.
 * @typedef {{ command: string | string[], apt: string, why: string }} Tool
 */

/** @type {Tool} */
export const QEMU = {
  command: ['qemu-system-x86_64', 'qemu-system-i386'],
  apt: 'qemu-system-x86',
  why: 'runs the images',
};

/** @type {Tool[]} */
export const TEST_TOOLS = [
  QEMU,
  { command: 'git', apt: 'git', why: 'reads the commits of a checkout' },
  { command: 'nasm', apt: 'nasm', why: 'assembles the boot check a second time, independently' },
  { command: 'objdump', apt: 'binutils', why: 'reads our machine code back' },
  { command: 'M1', apt: 'mescc-tools', why: 'judges the assemblers of the audit' },
  { command: 'gcc', apt: 'gcc', why: 'compiles live-bootstrap’s own script-generator as a judge' },
  { command: 'xz', apt: 'xz-utils', why: 'packs snapshots of repositories' },
  { command: 'curl', apt: 'curl', why: 'the peer of the downloader in npm run bench' },
  { command: 'python3', apt: 'python3', why: 'runs live-bootstrap’s own generator as a judge' },
  { command: 'bwrap', apt: 'bubblewrap', why: 'makes sandboxes without root' },
  { command: 'e2fsck', apt: 'e2fsprogs', why: 'judges file systems' },
  { command: 'sfdisk', apt: 'fdisk', why: 'judges partition tables' },
  { command: ['chromium', 'chromium-browser', 'google-chrome'], apt: 'chromium', why: 'drives the page' },
];

/** @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return;
  say(
    `Seedbed needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org`,
  );
  process.exit(1);
}

/** npm packages, exactly as package-lock.json says; nothing happens when they are there. */
export function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = join(ROOT, 'node_modules', '.seedbed-packages');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('Installing the npm packages that package-lock.json names …');
  // A set-up for tests and building wants development packages, whatever the environment says.
  run(npm(), ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: { ...process.env, NODE_ENV: '' },
  });
  writeFileSync(stamp, lock);
}

/**
 * Install what is missing of `tools` with apt where that is allowed. Returns what is still missing, after saying how to get it.
 * @param {Tool[]} tools
 * @returns {Tool[]}
 */
export function installTools(tools) {
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((tool) => tool.apt))];
  const apt = aptCommand();
  const byHand = `apt-get install --no-install-recommends ${packages.join(' ')}`;
  if (apt === null) {
    for (const tool of missing) say(`Missing: ${[tool.command].flat()[0]} (${tool.why}).`);
    say(
      findProgram('apt-get') === null
        ? `Install: ${packages.join(', ')} with your system’s package manager.`
        : `Run: sudo ${byHand}`,
    );
    return missing;
  }
  for (const tool of missing) say(`Installing ${tool.apt} (${tool.why}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const [program = '', ...args] = apt;
  run(program, [...args, '-qq', 'update'], { env, quiet: true, mayFail: true });
  run(program, [...args, '-qq', 'install', '-y', '--no-install-recommends', ...packages], {
    env,
    quiet: true,
    mayFail: true,
  });
  const left = tools.filter((tool) => !hasTool(tool));
  if (left.length > 0) say(`Still missing: ${left.map((tool) => tool.apt).join(', ')}. Run: sudo ${byHand}`);
  return left;
}

/** Build what is older than its sources. */
export function build() {
  const sources = [
    'src',
    'package.json',
    'package-lock.json',
    'electron.vite.config.ts',
    'vite.node.config.ts',
  ];
  const newest = Math.max(...sources.map((name) => newestIn(join(ROOT, name))));
  const built = [
    'out/cli/index.js',
    'out/helper/flash-helper.mjs',
    'out/main/index.js',
    'out/preload/index.cjs',
    'out/renderer/index.html',
  ];
  if (built.every((name) => existsSync(join(ROOT, name)) && statSync(join(ROOT, name)).mtimeMs > newest))
    return;
  say('Building Seedbed …');
  const bin = join(ROOT, 'node_modules', '.bin');
  run(join(bin, 'electron-vite'), ['build', '--logLevel', 'warn'], { quiet: true });
  run(join(bin, 'vite'), ['build', '--config', 'vite.node.config.ts', '--logLevel', 'warn'], { quiet: true });
}

/** Electron’s own program; null where it could not be had. Electron ≥ 42 fetches it only when asked. */
export function findElectron() {
  const folder = join(ROOT, 'node_modules', 'electron');
  if (!existsSync(join(folder, 'path.txt'))) {
    say('Fetching Electron’s program …');
    run(process.execPath, [join(folder, 'install.js')], { quiet: true, mayFail: true, timeout: 600_000 });
  }
  if (!existsSync(join(folder, 'path.txt'))) return null;
  const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
  return existsSync(path) ? path : null;
}

/** @param {Tool} tool */
export function hasTool(tool) {
  return [tool.command].flat().some((name) => findProgram(name) !== null);
}

/**
 * @param {string} name
 * @returns {string | null}
 */
export function findProgram(name) {
  // Debian keeps e2fsck and sfdisk where only root's PATH looks.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; look on.
    }
  }
  return null;
}

/**
 * Run a program to its end; its failure ends the set-up unless it may fail.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, mayFail?: boolean, timeout?: number }} [options]
 */
export function run(program, args, { env = process.env, quiet = false, mayFail = false, timeout } = {}) {
  const result = spawnSync(program, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    ...(timeout === undefined ? {} : { timeout }),
  });
  if (result.status === 0) return true;
  if (mayFail) return false;
  if (quiet) say(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(
    `This failed: ${program} ${args.join(' ')}${result.error === undefined ? '' : ` (${result.error.message})`}`,
  );
  return process.exit(1);
}

/** How apt-get may be called here: as root, or through a sudo that asks nothing. */
function aptCommand() {
  const apt = findProgram('apt-get');
  if (apt === null) return null;
  if (process.getuid?.() === 0) return [apt];
  const sudo = findProgram('sudo');
  return sudo !== null && spawnSync(sudo, ['-n', 'true']).status === 0 ? [sudo, '-n', apt] : null;
}

function npm() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/**
 * Newest change in a file or folder, in ms since the epoch.
 * @param {string} path
 * @returns {number}
 */
function newestIn(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
