// Real distfiles: Debian's source archive carries some of live-bootstrap's under their upstream hash, under names of its own.
// Needs apt-get, Debian's archive over the network, and live-bootstrap's sources files; changes nothing of the system's apt.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { expectSoundStore, openTestDistfiles, quietJob } from '../support/distfile-fixtures.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DATA = fileURLToPath(new URL('../../../shared/data/live-bootstrap-984b8322', import.meta.url));
const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? (existsSync(DATA) ? DATA : '');
const hasApt = spawnSync('apt-get', ['--version']).status === 0 && existsSync(KEYRING);
const isRequired = process.env['REQUIRE_TOOLS'] === '1';
if (isRequired && (!hasApt || checkout === ''))
  throw new Error('apt-get and live-bootstrap’s sources are required');

/** Source packages of Debian 12 and the upstream file that each carries unchanged. */
const PACKAGES = new Map([
  ['bzip2', 'bzip2-1.0.8.tar.gz'],
  ['flex', 'flex-2.6.4.tar.gz'],
  ['autoconf2.69', 'autoconf-2.69.tar.xz'],
  ['file', 'file-5.44.tar.gz'],
  ['m4', 'm4-1.4.19.tar.xz'],
  ['grub2', 'grub-2.06.tar.xz'],
  ['autogen', 'autogen-5.18.16.tar.xz'],
  ['libdigest-sha-perl', 'Digest-SHA-6.04.tar.gz'],
]);

/** apt with folders of its own: no root, no trace. */
function apt(folder: string, ...args: string[]): { ok: boolean; words: string } {
  for (const name of ['lists/partial', 'cache/archives/partial', 'etc'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(
    join(folder, 'sources.list'),
    `deb-src [signed-by=${KEYRING}] http://deb.debian.org/debian bookworm main\n`,
  );
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
  const out = join(folder, 'sources');
  mkdirSync(out, { recursive: true });
  const done = spawnSync('apt-get', ['-qq', ...options, ...args], { cwd: out, encoding: 'utf8' });
  return { ok: done.status === 0, words: `${done.stdout}${done.stderr}` };
}

describe.skipIf(!hasApt || checkout === '')(
  'Debian’s source archive (needs apt-get, the network, and live-bootstrap’s sources)',
  () => {
    it('has at least eight distfiles, which are recognised by hash under other names', async (context) => {
      const folder = tempFolder();
      const updated = apt(folder, 'update');
      if (!updated.ok && !isRequired) context.skip(`apt-get update failed: ${updated.words}`);
      expect(updated, updated.words).toMatchObject({ ok: true });
      const fetched = apt(folder, 'source', '--download-only', '--tar-only', ...PACKAGES.keys());
      expect(fetched, fetched.words).toMatchObject({ ok: true });
      const names = readdirSync(join(folder, 'sources'));
      expect(names.some((name) => name === 'bzip2_1.0.8.orig.tar.gz')).toBe(true);

      const wanted = await wantedDistfiles({ path: checkout });
      expect(wanted).toHaveLength(310);
      const distfiles = await openTestDistfiles(tempFolder());
      const report = await distfiles.import(join(folder, 'sources'), wanted, quietJob());
      expect(report.added).toBeGreaterThanOrEqual(8);
      expect(report.missing).toHaveLength(310 - report.added);
      const rows = await distfiles.list(wanted);
      const present = rows.filter(({ state }) => state === 'present').map(({ name }) => name);
      expect(present.sort()).toEqual(expect.arrayContaining([...PACKAGES.values()].sort()));
      await expectSoundStore(distfiles);
      expect(await distfiles.verify(quietJob())).toMatchObject({ files: report.added, damaged: [] });
    });
  },
);
