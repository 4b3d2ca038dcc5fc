// One file with a checkout in it: made here, taken in elsewhere, judged by tar and git, and refused when it was tampered with.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareCheckout } from '../../src/engine/checkout/compare.ts';
import { exportCheckout, type ExportResult } from '../../src/engine/checkout/export-checkout.ts';
import type { FetchedCheckout } from '../../src/engine/checkout/fetch.ts';
import { importCheckout, type ImportedCheckout } from '../../src/engine/checkout/import-checkout.ts';
import { wantedDistfiles } from '../../src/engine/checkout/wanted-distfiles.ts';
import { defaultDistfiles } from '../support/checkout-fixture.ts';
import { expectedTree, namesIn, readTree, refusalOf, useCheckouts } from '../support/checkout-harness.ts';
import { FORGE_ADDRESS, git } from '../support/git-forge.ts';
import { hasGitServer } from '../support/git-server.ts';

const ready = hasGitServer();
if (!ready && process.env['REQUIRE_TOOLS'] === '1') throw new Error('git with http-backend is needed');

const context = { signal: new AbortController().signal, report: (): void => undefined };

describe.skipIf(!ready)('a checkout in an archive (skipped without git)', () => {
  const use = useCheckouts();
  let checkout: FetchedCheckout;
  let archive = '';
  let elsewhere = '';

  beforeEach(async () => {
    checkout = await use.fetched();
    archive = join(use.folder, 'live-bootstrap.tar');
    elsewhere = join(use.folder, 'elsewhere', 'checkouts');
  });

  const write = (): Promise<ExportResult> =>
    exportCheckout(
      { folder: checkout.path, record: checkout.record, path: archive, replace: false, distfiles: null },
      context,
    );
  const take = (path = archive): Promise<ImportedCheckout> =>
    importCheckout(elsewhere, { archive: path, takeDistfiles: null }, context);

  it('comes out as it went in, and can be verified without any network', async () => {
    const written = await write();
    expect(written.sha256).toBe(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    expect(written.sizeBytes).toBe(readFileSync(archive).length);
    const taken = await take();
    expect(readTree(taken.path)).toEqual(expectedTree(use.forge));
    expect(taken.record).toMatchObject({ commit: use.forge.commit, origin: 'archive' });
    expect(taken.record.repositories).toEqual(
      checkout.record.repositories.map((one) => ({ ...one, from: null })),
    );
    expect((await compareCheckout({ root: taken.path, record: taken.record })).differences).toEqual([]);
    expect(namesIn(elsewhere)).toEqual([use.forge.commit]);
  });

  it('is the same file when it is made again, and says nothing of this machine', async () => {
    const first = await write();
    await use.fetch({ rules: [] });
    const again = await exportCheckout(
      {
        folder: checkout.path,
        record: checkout.record,
        path: `${archive}2`,
        replace: false,
        distfiles: null,
      },
      context,
    );
    expect(again.sha256).toBe(first.sha256);
    expect(readFileSync(archive).includes(use.folder)).toBe(false);
  });

  it('is an ordinary clone for whoever unpacks it with tar', async () => {
    await write();
    const place = join(use.folder, 'by-hand');
    mkdirSync(place);
    const { status, stderr } = spawnSync('tar', ['-xf', archive, '-C', place], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const clone = join(place, `live-bootstrap-${use.forge.commit.slice(0, 12)}`);
    expect(readTree(clone)).toEqual(expectedTree(use.forge));
    expect(git(clone, 'rev-parse', 'HEAD')).toBe(use.forge.commit);
    expect(git(clone, 'status', '--porcelain')).toBe('');
    expect(git(clone, 'submodule', 'status', '--recursive').split('\n')).toHaveLength(14);
    expect((await compareCheckout({ root: clone, record: null })).differences).toEqual([]);
  });

  it('is taken in from any tar program’s archive with the same files', async () => {
    await write();
    const place = join(use.folder, 'by-hand');
    mkdirSync(place);
    spawnSync('tar', ['-xf', archive, '-C', place]);
    const names = ['seedbed-checkout.json', `live-bootstrap-${use.forge.commit.slice(0, 12)}`];
    for (const format of ['ustar', 'pax', 'gnu']) {
      const other = join(use.folder, `${format}.tar`);
      expect(spawnSync('tar', ['-cf', other, `--format=${format}`, '-C', place, ...names]).status).toBe(0);
      const { path } = await importCheckout(
        join(use.folder, format),
        { archive: other, takeDistfiles: null },
        context,
      );
      expect(readTree(path)).toEqual(expectedTree(use.forge));
    }
  });

  it('carries distfiles, hands on those that it names, and says which were not there', async () => {
    const wanted = await wantedDistfiles({ path: checkout.path });
    const bytes = defaultDistfiles();
    const store = join(use.folder, 'store');
    mkdirSync(store);
    for (const content of bytes.values())
      writeFileSync(join(store, createHash('sha256').update(content).digest('hex')), content);
    const resolve = (sha256: string): Promise<string | null> =>
      Promise.resolve(existsSync(join(store, sha256)) ? join(store, sha256) : null);
    const written = await exportCheckout(
      {
        folder: checkout.path,
        record: checkout.record,
        path: archive,
        replace: false,
        distfiles: { wanted, resolve },
      },
      context,
    );
    expect(written).toMatchObject({ distfiles: 2, missing: ['late.tar.gz'] });
    const handed = new Map<string, Buffer>();
    const taken = await importCheckout(
      elsewhere,
      {
        archive,
        takeDistfiles: (folder) => {
          for (const name of readdirSync(folder)) handed.set(name, readFileSync(join(folder, name)));
          return Promise.resolve();
        },
      },
      context,
    );
    expect(taken.distfiles).toBe(2);
    expect(handed).toEqual(new Map([...bytes].map(([name, content]) => [name, Buffer.from(content)])));
    expect(readdirSync(elsewhere)).toEqual([use.forge.commit]);
  });

  it('does not write over a file unless it is told to, and leaves nothing when it is cancelled', async () => {
    writeFileSync(archive, 'mine');
    expect(await refusalOf(write())).toEqual({ code: 'FILE_EXISTS', path: archive });
    const controller = new AbortController();
    const path = join(use.folder, 'cancelled.tar');
    const report = (): void => controller.abort();
    const request = { folder: checkout.path, record: checkout.record, path, replace: false, distfiles: null };
    expect(await refusalOf(exportCheckout(request, { signal: controller.signal, report }))).toMatchObject({
      code: 'CANCELLED',
    });
    expect(readdirSync(use.folder).filter((name) => name.includes('tar'))).toEqual(['live-bootstrap.tar']);
  });

  it.each([
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1), /ends in the middle/],
    ['is no archive', () => Buffer.alloc(4096, 'not a tar '), /header at byte 0 is damaged/],
    ['is empty', () => Buffer.alloc(0), /ends in the middle/],
    [
      'does not begin with its record',
      (bytes: Buffer) => bytes.subarray(512 + nextBlock(sizeAt(bytes, 0))),
      /does not begin with/,
    ],
    ['has a flipped byte in its objects', flipInPack, /objects of .* are damaged|header at byte/],
  ])('is refused when it %s', async (_name, change, reason) => {
    await write();
    const bad = join(use.folder, 'bad.tar');
    writeFileSync(bad, change(readFileSync(archive)));
    expect(await refusalOf(take(bad))).toEqual({
      code: 'CHECKOUT_ARCHIVE_INVALID',
      path: bad,
      reason: expect.stringMatching(reason) as string,
    });
    expect(namesIn(elsewhere)).toEqual([]);
  });

  it('takes no settings, no hooks and no files from it: only objects that its commit names', async () => {
    await write();
    const place = join(use.folder, 'evil');
    mkdirSync(place);
    spawnSync('tar', ['-xf', archive, '-C', place]);
    const top = `live-bootstrap-${use.forge.commit.slice(0, 12)}`;
    const mark = join(use.folder, 'mark');
    writeFileSync(
      join(place, top, '.git', 'config'),
      `[core]\n\tfsmonitor = touch ${mark}\n\tsshCommand = touch ${mark}\n`,
    );
    mkdirSync(join(place, top, '.git', 'hooks'));
    writeFileSync(join(place, top, '.git', 'hooks', 'post-checkout'), `#!/bin/sh\ntouch ${mark}\n`, {
      mode: 0o755,
    });
    writeFileSync(join(place, top, 'steps', 'manifest'), 'build: evil\n');
    writeFileSync(join(place, 'outside'), 'outside');
    const evil = join(use.folder, 'evil.tar');
    const names = ['seedbed-checkout.json', top, '../evil/outside'];
    expect(spawnSync('tar', ['-P', '-cf', evil, '-C', place, ...names]).status).toBe(0);
    const { path } = await take(evil);
    expect(readTree(path)).toEqual(expectedTree(use.forge));
    expect(existsSync(mark)).toBe(false);
    expect(existsSync(join(elsewhere, '..', 'evil'))).toBe(false);
  });

  it('is refused when it lacks a submodule that x86 needs', async () => {
    await write();
    const place = join(use.folder, 'part');
    mkdirSync(place);
    spawnSync('tar', ['-xf', archive, '-C', place]);
    const top = `live-bootstrap-${use.forge.commit.slice(0, 12)}`;
    const part = join(use.folder, 'part.tar');
    spawnSync('tar', [
      '-cf',
      part,
      '-C',
      place,
      `--exclude=${top}/.git/modules/builder-hex0`,
      'seedbed-checkout.json',
      top,
    ]);
    expect(await refusalOf(take(part))).toMatchObject({
      code: 'CHECKOUT_ARCHIVE_INVALID',
      reason: expect.stringMatching(/does not hold builder-hex0/) as string,
    });
  });

  it('takes in one without the submodules for other processors', async () => {
    cpSync(use.checkouts, join(use.folder, 'kept'), { recursive: true });
    use.checkouts = join(use.folder, 'part');
    checkout = await use.fetch({
      onlyX86: true,
      rules: [{ from: FORGE_ADDRESS, to: `file://${use.forge.folder}/` }],
    });
    await write();
    const taken = await take();
    expect(
      taken.record.repositories.filter(({ state }) => state === 'absent').map(({ path }) => path),
    ).toEqual(['seed/stage0-posix/AMD64']);
    expect((await compareCheckout({ root: taken.path, record: taken.record })).differences).toEqual([]);
  });
});

function sizeAt(bytes: Buffer, header: number): number {
  return parseInt(bytes.toString('latin1', header + 124, header + 135), 8);
}

function nextBlock(size: number): number {
  return Math.ceil(size / 512) * 512;
}

function flipInPack(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const pack = changed.lastIndexOf('PACK');
  changed[pack + 40] = (changed[pack + 40] ?? 0) ^ 0x10;
  return changed;
}
