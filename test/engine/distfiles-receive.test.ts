// Files that a page sends in pieces: only what is wanted by its hash is stored, whatever is sent and whenever it ends.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEvidenceLog } from '../../src/engine/distfiles/evidence-log.ts';
import { createReceiver, type FileReceiver } from '../../src/engine/distfiles/receive-files.ts';
import { openStore } from '../../src/engine/distfiles/store.ts';
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
const ONE = bytesOf('one', 100_000);
const TWO = bytesOf('two', 30_000);
const WANTED = [
  wantedFile('one.tar', ONE),
  wantedFile('two.tar', TWO),
  wantedFile('three.tar', Buffer.from('3')),
];
const PIECE_BYTES = 40_000;

/** Sends a whole file; the last answer. */
async function send(receiver: FileReceiver, name: string, bytes: Buffer): Promise<string> {
  let state = 'more';
  for (let at = 0; at === 0 || at < bytes.length; at += PIECE_BYTES)
    state = await receiver.take({
      name,
      sizeBytes: bytes.length,
      offsetBytes: at,
      bytes: bytes.subarray(at, at + PIECE_BYTES),
    });
  return state;
}

describe('files in pieces', () => {
  it('are stored when their hash is wanted, whatever their name; namesakes with other bytes are reported', async () => {
    const root = tempFolder();
    const distfiles = await openTestDistfiles(root);
    const receiver = distfiles.receive(WANTED, 1000);
    const done = receiver.run(quietJob());
    expect(await send(receiver, 'stick/download (1)', ONE)).toBe('stored');
    expect(await send(receiver, 'stick/two.tar', Buffer.from('other bytes'))).toBe('not-wanted');
    expect(await send(receiver, 'stick/empty', Buffer.alloc(0))).toBe('not-wanted');
    expect(await send(receiver, 'again', ONE)).toBe('was-here');
    receiver.end();
    const report = await done;
    expect(report).toMatchObject({ files: 3, alreadyThere: 0, added: 1, addedBytes: ONE.length });
    expect(report.missing.map(({ name }) => name)).toEqual(['two.tar', 'three.tar']);
    expect(report.wrong).toEqual([
      { path: 'stick/two.tar', name: 'two.tar', actualSha256: sha256Of(Buffer.from('other bytes')) },
    ]);
    expect(await readdir(distfiles.store.files)).toEqual([sha256Of(ONE)]);
    await expectSoundStore(distfiles);
    const [row] = await distfiles.list(WANTED);
    expect(row?.evidence.stored?.source).toEqual({
      kind: 'folder',
      label: 'stick/download (1)',
      at: 'dropped on the page: stick/download (1)',
    });
  });

  it.each([
    ['out of order', { offsetBytes: 10 }],
    ['of another file', { name: 'other' }],
    ['of another size', { sizeBytes: 7 }],
    ['beyond the end', { bytes: Buffer.alloc(200_000) }],
    ['that are empty', { bytes: Buffer.alloc(0) }],
  ])('%s end the job, and leave nothing behind', async (_what, change) => {
    const distfiles = await openTestDistfiles(tempFolder());
    const receiver = distfiles.receive(WANTED, 1000);
    const done = expect(receiver.run(quietJob())).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const first = { name: 'one.tar', sizeBytes: ONE.length, offsetBytes: 0, bytes: ONE.subarray(0, 50) };
    await receiver.take(first);
    const next = { ...first, offsetBytes: 50, bytes: ONE.subarray(50, 100), ...change };
    await expect(receiver.take(next)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await done;
    expect(await readdir(distfiles.store.files)).toEqual([]);
  });

  it('stop when the job is cancelled; the half file goes, whole ones stay', async () => {
    const distfiles = await openTestDistfiles(tempFolder());
    const controller = new AbortController();
    const receiver = distfiles.receive(WANTED, 1000);
    const done = expect(receiver.run(quietJob(controller.signal))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await send(receiver, 'two.tar', TWO);
    await receiver.take({
      name: 'one.tar',
      sizeBytes: ONE.length,
      offsetBytes: 0,
      bytes: ONE.subarray(0, 50),
    });
    controller.abort();
    await done;
    await expect(send(receiver, 'one.tar', ONE)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(distfiles.store.files)).toEqual([sha256Of(TWO)]);
  });

  it('are waited for only so long: a page that is gone does not hold the store', async () => {
    const root = tempFolder();
    const store = await openStore(root);
    const receiver = createReceiver(WANTED, {
      ...{ store, evidence: openEvidenceLog(root), totalBytes: 1 },
      idleMilliseconds: 60,
      onStored: () => undefined,
    });
    const done = receiver.run(quietJob());
    await receiver.take({ name: 'a', sizeBytes: 9, offsetBytes: 0, bytes: Buffer.from('x') });
    await expect(done).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await readdir(store.files)).toEqual([]);
  });

  it('are refused with the reason when another is writing to the store', async () => {
    const distfiles = await openTestDistfiles(tempFolder());
    const first = distfiles.receive(WANTED, 1);
    const done = first.run(quietJob());
    await send(first, 'two.tar', TWO);
    const second = distfiles.receive(WANTED, 1);
    const refused = expect(send(second, 'one.tar', ONE)).rejects.toMatchObject({ code: 'DISTFILES_BUSY' });
    await expect(second.run(quietJob())).rejects.toMatchObject({ code: 'DISTFILES_BUSY' });
    await refused;
    first.end();
    expect((await done).added).toBe(1);
  });
});

describe('an import', () => {
  it('takes single files beside folders', async () => {
    const [stick, folder] = [tempFolder(), tempFolder()];
    await writeFile(join(stick, 'x'), ONE);
    await writeFile(join(folder, 'y'), TWO);
    const distfiles = await openTestDistfiles(tempFolder());
    const report = await distfiles.import([join(stick, 'x'), folder], WANTED, quietJob());
    expect(report).toMatchObject({ added: 2 });
    await expectSoundStore(distfiles);
  });
});
