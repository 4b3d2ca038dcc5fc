// Real distfiles: Debian's source archive carries some of live-bootstrap's under their upstream hash, under names of its own.
// Needs apt-get, Debian's archive over the network, and live-bootstrap's sources files; changes nothing of the system's apt.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { DistfileReport } from '../../src/shared/model/distfile.ts';
import { runCli } from '../support/cli.ts';
import { sha256Of } from '../support/distfile-fixtures.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SUITES = ['bookworm', 'trixie'];
const CAT_FILE = '/usr/lib/apt/apt-helper';
const DATA = fileURLToPath(new URL('../../../shared/data/live-bootstrap-984b8322', import.meta.url));
const named = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';
const checkout = named === '' && existsSync(DATA) ? DATA : named;
const hasApt =
  spawnSync('apt-get', ['--version']).status === 0 && existsSync(KEYRING) && existsSync(CAT_FILE);
const isRequired = process.env['REQUIRE_TOOLS'] === '1';
if (isRequired && (!hasApt || checkout === ''))
  throw new Error('apt-get and live-bootstrap’s sources are required');

/** Some that Debian 12 carries unchanged, under another name. */
const KNOWN = [
  'bzip2-1.0.8.tar.gz',
  'flex-2.6.4.tar.gz',
  'autoconf-2.69.tar.xz',
  'file-5.44.tar.gz',
  'm4-1.4.19.tar.xz',
  'grub-2.06.tar.xz',
  'autogen-5.18.16.tar.xz',
  'Digest-SHA-6.04.tar.gz',
];

/** apt with folders of its own: no root, no trace. */
function openApt(folder: string): (...args: string[]) => { ok: boolean; words: string } {
  for (const name of ['lists/partial', 'cache/archives/partial', 'etc', 'sources'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const lines = SUITES.map(
    (suite) => `deb-src [signed-by=${KEYRING}] http://deb.debian.org/debian ${suite} main\n`,
  );
  writeFileSync(join(folder, 'sources.list'), lines.join(''));
  const options = [
    `Dir::Etc=${join(folder, 'etc')}`,
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State=${folder}`,
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::State::status=${join(folder, 'status')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  return (...args) => {
    const cwd = join(folder, 'sources');
    const done = spawnSync('apt-get', ['-qq', ...options, ...args], { cwd, encoding: 'utf8' });
    return { ok: done.status === 0, words: `${done.stdout}${done.stderr}` };
  };
}

/** `package=version` of each source package with a wanted file, by that file's hash: the paragraphs of the Sources index, deb822(5). */
function findCarriers(lists: string, wanted: ReadonlySet<string>): Map<string, string> {
  const carriers = new Map<string, string>();
  for (const name of readdirSync(lists).filter((one) => one.includes('_Sources'))) {
    const read = spawnSync(CAT_FILE, ['cat-file', join(lists, name)], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    for (const paragraph of read.stdout.split('\n\n')) {
      const found = [...paragraph.matchAll(/^ ([0-9a-f]{64}) /gm)].find(([, hash = '']) => wanted.has(hash));
      const id = /^Package: (.+)$/m.exec(paragraph)?.[1];
      const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
      if (found?.[1] !== undefined && id !== undefined && version !== undefined)
        carriers.set(found[1], `${id}=${version}`);
    }
  }
  return carriers;
}

describe.skipIf(!hasApt || checkout === '')(
  'Debian’s source archive (needs apt-get, the network, and live-bootstrap’s sources)',
  () => {
    it('has at least eight distfiles, which an import recognises by hash under other names', async (context) => {
      const folder = tempFolder();
      const apt = openApt(folder);
      const updated = apt('update');
      if (!updated.ok && !isRequired) context.skip(`apt-get update failed: ${updated.words}`);
      expect(updated, updated.words).toMatchObject({ ok: true });
      const wanted = await wantedDistfiles({ path: checkout });
      expect(wanted).toHaveLength(310);
      const names = new Map(wanted.map(({ name, sha256 }) => [sha256, name]));
      const carriers = findCarriers(join(folder, 'lists'), new Set(names.keys()));
      expect([...carriers.keys()].map((hash) => names.get(hash))).toEqual(expect.arrayContaining(KNOWN));

      const fetched = apt('source', '--download-only', '--tar-only', ...new Set(carriers.values()));
      expect(fetched, fetched.words).toMatchObject({ ok: true });
      const sources = join(folder, 'sources');
      expect(readdirSync(sources)).toContain('bzip2_1.0.8.orig.tar.gz');

      const env = { SEEDBED_HOME: join(folder, 'home') };
      const imported = await runCli(['distfiles', 'import', sources, '--checkout', checkout, '--json'], env);
      const report = DistfileReport.parse(JSON.parse(imported.stdout));
      expect(report.added).toBe(carriers.size);
      expect(report.added).toBeGreaterThanOrEqual(8);
      const missing = report.missing.map(({ sha256 }) => sha256);
      expect(missing.sort()).toEqual([...names.keys()].filter((hash) => !carriers.has(hash)).sort());
      const store = join(env.SEEDBED_HOME, 'distfiles', 'sha256');
      for (const hash of carriers.keys()) expect(sha256Of(await readFile(join(store, hash)))).toBe(hash);
      const verified = await runCli(['distfiles', 'verify', '--json'], env);
      expect(JSON.parse(verified.stdout)).toMatchObject({ files: carriers.size, damaged: [] });
    });
  },
);
