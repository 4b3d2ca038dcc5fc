// Makes resources/corroboration.json anew from checkouts of other projects that you have: which of live-bootstrap's hashes do they pin, since which commit?
//   node scripts/refresh-corroboration.mjs LIVE_BOOTSTRAP OWNER/NAME=FOLDER …
// Only facts are kept (project, commit, path, hash). Projects that are not named stay as they are. A new one is entered as not independent, with an empty
// note: say in the file how its people come by their hashes, and only then call it independent.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILE = join(dirname(fileURLToPath(import.meta.url)), '..', 'resources', 'corroboration.json');
const HASH = /\b[0-9a-f]{64}\b/g;

/**
 * @typedef {{ project: string, commit: string, path: string }} Pin
 * @typedef {{ projects: Record<string, { independent: boolean, note: string }>, pins: Record<string, { file: string, pinnedBy: Pin[] }> }} Table
 */

const [checkout, ...given] = process.argv.slice(2);
const target = process.env['CORROBORATION_FILE'] ?? FILE;
if (checkout === undefined || given.length === 0 || given.some((word) => !/^[\w.-]+\/[\w.-]+=./.test(word))) {
  process.stderr.write('usage: node scripts/refresh-corroboration.mjs LIVE_BOOTSTRAP OWNER/NAME=FOLDER …\n');
  process.exit(2);
}

/** @type {Table} */
const table = JSON.parse(readFileSync(FILE, 'utf8'));
const wanted = wantedHashes(checkout);
for (const word of given) {
  const cut = word.indexOf('=');
  const project = word.slice(0, cut);
  table.projects[project] ??= { independent: false, note: '' };
  for (const entry of Object.values(table.pins))
    entry.pinnedBy = entry.pinnedBy.filter((pin) => pin.project !== project);
  const found = pinsOf(word.slice(cut + 1), project);
  for (const [sha256, pin] of found)
    (table.pins[sha256] ??= { file: wanted.get(sha256) ?? '', pinnedBy: [] }).pinnedBy.push(pin);
  process.stdout.write(`${project}: ${found.size} of ${wanted.size} hashes\n`);
}
writeFileSync(target, formatTable());

/**
 * The hash and name of every line of every sources file.
 * @param {string} root
 */
function wantedHashes(root) {
  /** @type {Map<string, string>} */
  const hashes = new Map();
  for (const step of readdirSync(join(root, 'steps'))) {
    let text = '';
    try {
      text = readFileSync(join(root, 'steps', step, 'sources'), 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n')) {
      const words = line.trim().split(' ');
      const at = words.findIndex((one) => /^[0-9a-f]{64}$/.test(one));
      if (at > 0) hashes.set(words[at] ?? '', words[at + 1] ?? basename(words[at - 1] ?? ''));
    }
  }
  return hashes;
}

/**
 * @param {string} folder
 * @param {string} project
 */
function pinsOf(folder, project) {
  /** @type {Map<string, Pin>} */
  const pins = new Map();
  for (const line of git(folder, ['grep', '-I', '-E', '[0-9a-f]{64}', 'HEAD']).split('\n')) {
    const path = line.split(':')[1] ?? '';
    for (const sha256 of line.match(HASH) ?? [])
      if (wanted.has(sha256) && !pins.has(sha256))
        pins.set(sha256, { project, commit: introducedBy(folder, sha256, path), path });
  }
  return pins;
}

/**
 * The first commit that brought the hash into that file, and where the history does not go so far, the one that is checked out.
 * @param {string} folder
 * @param {string} sha256
 * @param {string} path
 */
function introducedBy(folder, sha256, path) {
  const commits = git(folder, ['log', '--format=%H', '--reverse', `-S${sha256}`, '--', path]).trim();
  return commits.split('\n')[0] || git(folder, ['rev-parse', 'HEAD']).trim();
}

/**
 * @param {string} folder
 * @param {string[]} words
 */
function git(folder, words) {
  try {
    return execFileSync('git', ['-C', folder, ...words], { maxBuffer: 1 << 30, encoding: 'utf8' });
  } catch (error) {
    // grep that finds nothing ends with 1.
    if (words[0] === 'grep' && error instanceof Error && 'status' in error && error.status === 1) return '';
    throw error;
  }
}

/** One line a hash, sorted, so that a change can be read. */
function formatTable() {
  const projects = JSON.stringify(Object.fromEntries(Object.entries(table.projects).sort()), null, 2);
  const pins = Object.entries(table.pins)
    .filter(([, { pinnedBy }]) => pinnedBy.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sha256, { file, pinnedBy }]) => {
      pinnedBy.sort((a, b) => (a.project < b.project ? -1 : 1));
      return `  ${JSON.stringify(sha256)}: ${JSON.stringify({ file, pinnedBy })}`;
    });
  return `{\n "projects": ${projects.replaceAll('\n', '\n ')},\n "pins": {\n${pins.join(',\n')}\n }\n}\n`;
}
