// Bringing files in from folders and out to them, verifying what is there, and clearing up.
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Distfiles } from '../../src/engine/distfiles/distfiles.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';
import {
  bytesOf,
  expectSoundStore,
  openTestDistfiles,
  quietJob,
  sha256Of,
  wantedFile,
} from '../support/distfile-fixtures.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

const FILES = new Map(
  ['one.tar.gz', 'two.tar.xz', 'three.txt', 'four.tar.bz2'].map((name) => [name, bytesOf(name, 70_000)]),
);
const WANTED: WantedDistfile[] = [...FILES].map(([name, bytes]) =>
  wantedFile(name, bytes, { urls: [`http://example.org/${name}`] }),
);
const bytes = (name: string): Buffer => FILES.get(name) ?? Buffer.alloc(0);

async function filled(): Promise<{ root: string; distfiles: Distfiles }> {
  const root = tempFolder();
  const distfiles = await openTestDistfiles(root);
  const folder = tempFolder();
  for (const [name, content] of FILES) await writeFile(join(folder, name), content);
  await distfiles.import(folder, WANTED, quietJob());
  return { root, distfiles };
}

describe('import', () => {
  it('takes what matches by hash, from any depth and under any name, and says what is still missing', async () => {
    const stick = tempFolder();
    await mkdir(join(stick, 'a', 'b'), { recursive: true });
    await writeFile(join(stick, 'a', 'b', 'DOWNLOAD~1'), bytes('one.tar.gz'));
    await writeFile(join(stick, 'two.tar.xz'), bytes('two.tar.xz'));
    await writeFile(join(stick, 'three.txt'), 'other bytes under the right name');
    await writeFile(join(stick, 'unrelated.iso'), bytesOf('unrelated', 1000));
    const distfiles = await openTestDistfiles(tempFolder());
    const report = await distfiles.import(stick, WANTED, quietJob());
    expect(report).toMatchObject({
      files: 4,
      added: 2,
      addedBytes: 140_000,
      alreadyThere: 0,
      receivedBytes: 0,
    });
    expect(report.missing.map(({ name, urls }) => [name, urls])).toEqual([
      ['three.txt', ['http://example.org/three.txt']],
      ['four.tar.bz2', ['http://example.org/four.tar.bz2']],
    ]);
    expect(report.wrong).toEqual([
      {
        path: join(stick, 'three.txt'),
        name: 'three.txt',
        actualSha256: sha256Of(Buffer.from('other bytes under the right name')),
      },
    ]);
    await expectSoundStore(distfiles);
  });

  it('leaves the user’s files as they are, and a later change of them does not reach the store', async () => {
    const folder = tempFolder();
    const path = join(folder, 'one.tar.gz');
    await writeFile(path, bytes('one.tar.gz'), { mode: 0o640 });
    const distfiles = await openTestDistfiles(tempFolder());
    await distfiles.import(folder, WANTED, quietJob());
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    await writeFile(path, 'changed');
    await expectSoundStore(distfiles);
  });

  it('of what is there already, notes that this source agrees', async () => {
    const { distfiles } = await filled();
    const again = tempFolder();
    await writeFile(join(again, 'same'), bytes('one.tar.gz'));
    await distfiles.import(again, WANTED, quietJob());
    await distfiles.import(again, WANTED, quietJob());
    const [row] = await distfiles.list(WANTED);
    expect(row?.evidence.agreed).toMatchObject([{ source: { kind: 'folder', at: join(again, 'same') } }]);
    expect(row?.evidence.agreed).toHaveLength(1);
  });

  it('follows links to files, and none to folders', async () => {
    const elsewhere = tempFolder();
    await writeFile(join(elsewhere, 'one'), bytes('one.tar.gz'));
    await writeFile(join(elsewhere, 'two'), bytes('two.tar.xz'));
    const folder = tempFolder();
    await mkdir(join(folder, 'sub'));
    await symlink(join(elsewhere, 'one'), join(folder, 'one.tar.gz'));
    await symlink('..', join(folder, 'sub', 'round'));
    await symlink(elsewhere, join(folder, 'out'));
    const distfiles = await openTestDistfiles(tempFolder());
    expect(await distfiles.import(folder, WANTED, quietJob())).toMatchObject({ added: 1 });
  });

  it('reads a file again only when its size or time has changed', async () => {
    const folder = tempFolder();
    const path = join(folder, 'x');
    await writeFile(path, bytes('one.tar.gz'));
    await utimes(path, 1_000_000, 1_000_000);
    const distfiles = await openTestDistfiles(tempFolder());
    await distfiles.import(folder, [], quietJob());
    // The same size and time, so the remembered hash is believed, but what is stored is hashed itself.
    await writeFile(path, bytes('two.tar.xz'));
    await utimes(path, 1_000_000, 1_000_000);
    expect(await distfiles.import(folder, WANTED, quietJob())).toMatchObject({ added: 0 });
    await expectSoundStore(distfiles);
    await utimes(path, 2_000_000, 2_000_000);
    expect(await distfiles.import(folder, WANTED, quietJob())).toMatchObject({ added: 1 });
  });

  it('a folder that is not there is said so', async () => {
    const distfiles = await openTestDistfiles(tempFolder());
    await expect(distfiles.import('/no/such/folder', WANTED, quietJob())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('can be cancelled, and leaves no half file', async () => {
    const folder = tempFolder();
    for (const [name, content] of FILES) await writeFile(join(folder, name), content);
    const distfiles = await openTestDistfiles(tempFolder());
    const controller = new AbortController();
    controller.abort();
    await expect(distfiles.import(folder, WANTED, quietJob(controller.signal))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await readdir(distfiles.store.files)).toEqual([]);
  });
});

describe('export', () => {
  it('writes files by name, and only changes the next time', async () => {
    const { distfiles } = await filled();
    const folder = join(tempFolder(), 'new');
    const options = { ...quietJob(), link: false };
    expect(await distfiles.exportTo(folder, WANTED, options)).toMatchObject({ added: 4, unchanged: 0 });
    for (const [name, content] of FILES)
      expect((await readFile(join(folder, name))).equals(content)).toBe(true);
    await writeFile(join(folder, 'two.tar.xz'), 'broken');
    await writeFile(join(folder, 'README'), 'mine');
    expect(await distfiles.exportTo(folder, WANTED, options)).toMatchObject({
      added: 1,
      unchanged: 3,
      strangers: ['README'],
    });
    expect((await readFile(join(folder, 'two.tar.xz'))).equals(bytes('two.tar.xz'))).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['README', ...FILES.keys()].sort());
  });

  it('a copy can be written to without harm to the store', async () => {
    const { distfiles } = await filled();
    const folder = tempFolder();
    await distfiles.exportTo(folder, WANTED, { ...quietJob(), link: false });
    await writeFile(join(folder, 'one.tar.gz'), 'edited by the user');
    await expectSoundStore(distfiles);
  });

  it('is refused when one is missing, naming it', async () => {
    const distfiles = await openTestDistfiles(tempFolder());
    await expect(
      distfiles.exportTo(tempFolder(), WANTED, { ...quietJob(), link: false }),
    ).rejects.toMatchObject({
      code: 'DISTFILES_INCOMPLETE',
      data: { missing: 4, files: 4, first: 'one.tar.gz' },
    });
  });
});

describe('verify', () => {
  it('finds nothing wrong in a sound store', async () => {
    const { distfiles } = await filled();
    expect(await distfiles.verify(quietJob())).toMatchObject({ files: 4, bytes: 280_000, damaged: [] });
  });

  it.each([
    ['a flipped bit', (content: Buffer) => content.fill((content[500] ?? 0) ^ 1, 500, 501)],
    ['a byte less', (content: Buffer) => content.subarray(1)],
    ['nothing left', () => Buffer.alloc(0)],
  ])('%s: the file is named, set aside, and missing from then on', async (_title, damage) => {
    const { distfiles } = await filled();
    const sha256 = sha256Of(bytes('two.tar.xz'));
    const path = join(distfiles.store.files, sha256);
    await chmod(path, 0o644);
    const broken = damage(Buffer.from(await readFile(path)));
    await writeFile(path, broken);
    const report = await distfiles.verify(quietJob());
    expect(report.damaged).toMatchObject([{ sha256, actualSha256: sha256Of(broken), name: 'two.tar.xz' }]);
    expect((await readFile(report.damaged[0]?.path ?? '')).equals(broken)).toBe(true);
    expect(await distfiles.resolve(sha256)).toBeNull();
    await expectSoundStore(distfiles);
    expect(await distfiles.verify(quietJob())).toMatchObject({ files: 3, damaged: [] });
  });

  it('looks at some only when asked so, and can be cancelled', async () => {
    const { distfiles } = await filled();
    expect(await distfiles.verify(quietJob(), new Set([sha256Of(bytes('one.tar.gz'))]))).toMatchObject({
      files: 1,
    });
    const controller = new AbortController();
    controller.abort();
    await expect(distfiles.verify(quietJob(controller.signal))).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('prune', () => {
  it('removes what is half, left over or set aside, keeps every stored file, and says first what it would do', async () => {
    const { distfiles } = await filled();
    const { store } = distfiles;
    const half = join(store.files, `${'a'.repeat(64)}.partial`);
    await writeFile(half, 'half');
    await writeFile(`${half}.json`, '{}');
    await writeFile(store.temporaryPath(), 'left over');
    await mkdir(store.setAsideFolder, { recursive: true });
    await writeFile(join(store.setAsideFolder, 'b'.repeat(64)), 'wrong');
    const before = await readdir(store.files);
    const options = { keep: null, git: false };
    const planned = await distfiles.prune({ ...options, dryRun: true });
    expect(await readdir(store.files)).toEqual(before);
    expect(planned.removed.map(({ why }) => why).sort()).toEqual([
      'half-fetched',
      'half-fetched',
      'left-over',
      'set-aside',
    ]);
    expect(await distfiles.prune({ ...options, dryRun: false })).toEqual({ ...planned, dryRun: false });
    expect((await readdir(store.files)).sort()).toEqual(WANTED.map(({ sha256 }) => sha256).sort());
    expect(await readdir(store.setAsideFolder)).toEqual([]);
  });

  it('removes stored files that nobody wants only when asked so', async () => {
    const { distfiles } = await filled();
    const keep = new Set(WANTED.slice(0, 3).map(({ sha256 }) => sha256));
    const report = await distfiles.prune({ keep, git: false, dryRun: false });
    expect(report).toMatchObject({ freedBytes: 70_000, removed: [{ why: 'not-wanted' }] });
    expect((await distfiles.list(WANTED)).map(({ state }) => state)).toEqual([
      ...['present', 'present', 'present', 'missing'],
    ]);
  });
});

describe('the store', () => {
  it('resolves a hash to its file, which nobody may write to', async () => {
    const { distfiles } = await filled();
    const path = await distfiles.resolve(sha256Of(bytes('one.tar.gz')));
    expect(path).toBe(join(distfiles.store.files, sha256Of(bytes('one.tar.gz'))));
    expect((await stat(path ?? '')).mode & 0o777).toBe(0o444);
    expect(await distfiles.resolve('0'.repeat(64))).toBeNull();
  });

  it('does not take a folder of that name for a file', async () => {
    const { distfiles } = await filled();
    const path = join(distfiles.store.files, sha256Of(bytes('one.tar.gz')));
    await rename(path, `${path}.tmp`);
    await mkdir(path);
    expect(await distfiles.resolve(sha256Of(bytes('one.tar.gz')))).toBeNull();
  });
});
