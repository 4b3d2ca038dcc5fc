// Runs with the real QEMU under TCG: the boot check to its verdict, and everything that can be done with a machine that lives.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openImageStore } from '../../src/engine/image/image-store.ts';
import { openAcceleratorMemory } from '../../src/engine/run/accelerator-memory.ts';
import { probeAccelerators } from '../../src/engine/run/accelerators.ts';
import { findQemu } from '../../src/engine/run/find-qemu.ts';
import type { StartableImage } from '../../src/engine/run/runs.ts';
import { createEndlessImage } from '../support/endless-payload.ts';
import { buildBootCheck, qemuMissing, qemuTitle } from '../support/qemu.ts';
import { readWholeLog, useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { processesIn, useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(qemuMissing() !== null)(qemuTitle('a boot check run'), () => {
  test('passes, with every entry compared, its log complete and its disk a copy with a hole behind', async () => {
    const root = tempFolder();
    const image = await buildBootCheck(root);
    const runs = await openHost({ root });
    const record = await runs.start(startRequest(root, { image }), quietContext);
    const snapshots = await watchToEnd(runs, record.id);
    const last = snapshots.at(-1);
    expect(last?.record).toMatchObject({
      state: 'ended',
      verdict: { outcome: 'passed', cause: null },
      stopReason: null,
    });
    expect(last?.report.bootCheck).toMatchObject({ compared: true, verdict: 'passed' });
    expect(last?.report.bootCheck?.entries).toEqual(image.record.expectedBootCheck);
    const log = await readWholeLog(runs, record.id);
    expect(log).toContain('verdict: passed');
    expect(Buffer.byteLength(log)).toBe(last?.logBytes);
    const disk = readFileSync(join(root, 'data', 'runs', record.id, 'disks', 'boot.img'));
    expect(disk.length).toBe(image.record.disks[0].sizeBytes);
    expect(sha256(disk.subarray(0, image.record.disks[0].dataBytes))).toBe(image.record.disks[0].sha256);
  });

  test('three times side by side passes three times', async () => {
    const root = tempFolder();
    const image = await buildBootCheck(root);
    const runs = await openHost({ root });
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await runs.start(startRequest(root, { image }), quietContext)).id),
    );
    expect(new Set(ids).size).toBe(3);
    const ends = await Promise.all(ids.map((id) => watchToEnd(runs, id)));
    expect(ends.map((snapshots) => snapshots.at(-1)?.record.verdict?.outcome)).toEqual([
      'passed',
      'passed',
      'passed',
    ]);
    expect(await runs.list()).toHaveLength(3);
  });

  test('works in a folder whose sockets would be too deep for an address, with marks that QEMU’s options use', async () => {
    const root = join(tempFolder(), `a,b=c:d e ${'deep/'.repeat(30)}`);
    mkdirSync(root, { recursive: true });
    const image = await buildBootCheck(root);
    const runs = await openHost({ root });
    const record = await runs.start(startRequest(root, { image }), quietContext);
    expect((await watchToEnd(runs, record.id)).at(-1)?.record.verdict?.outcome).toBe('passed');
    const qemu = await findQemu({ env: process.env });
    const memory = openAcceleratorMemory(root);
    const context = {
      qemu,
      memory,
      bootCheck: () => Promise.resolve(image),
      env: process.env,
      ...quietContext,
    };
    expect(await probeAccelerators(['tcg'], context)).toMatchObject([{ accelerator: 'tcg', works: true }]);
    const endless = await runs.start(startRequest(root, { image: createEndlessImage(root) }), quietContext);
    expect((await runs.stop(endless.id)).record.stoppedBy).toBe('quit');
  });

  test('of a damaged image fails with the cause that the console gives', async () => {
    const root = tempFolder();
    const image = await buildBootCheck(root);
    const stream = image.record.disks[0].regions.find((region) => region.name === 'stream');
    const middle = (stream?.offsetBytes ?? 0) + Math.floor((stream?.lengthBytes ?? 0) / 1024) * 512;
    const damage = (name: string, change: (path: string) => void): StartableImage => {
      const path = join(root, `${name}.img`);
      copyFileSync(image.path, path);
      change(path);
      const bytes = readFileSync(path);
      const [disk] = image.record.disks;
      const dataBytes = Math.min(bytes.length, disk.dataBytes);
      const sum = sha256(bytes.subarray(0, dataBytes));
      const regions = [{ name: 'stream' as const, offsetBytes: 0, lengthBytes: dataBytes, sha256: sum }];
      const changed = { ...disk, sizeBytes: bytes.length, dataBytes, sha256: sum, regions };
      return { path, record: { ...image.record, disks: [changed] } };
    };
    const cut = damage('cut', (path) => truncateSync(path, middle));
    const flipped = damage('flipped', (path) => {
      const bytes = readFileSync(path);
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    });
    const runs = await openHost({ root });
    const causeOf = async (damaged: StartableImage): Promise<unknown> => {
      const { id } = await runs.start(startRequest(root, { image: damaged }), quietContext);
      const verdict = (await watchToEnd(runs, id)).at(-1)?.record.verdict;
      expect(verdict?.outcome).toBe('failed');
      return verdict?.cause;
    };
    expect(await causeOf(cut)).toBe('boot-check-stream-truncated');
    expect(await causeOf(flipped)).toMatch(/^boot-check-(stream-damaged|wrong-bytes)$/);
  });

  test('refuses an image that changed after it was built, and leaves no run', async () => {
    const root = tempFolder();
    const image = await buildBootCheck(root);
    const bytes = readFileSync(image.path);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(image.path, bytes);
    const runs = await openHost({ root });
    await expect(runs.start(startRequest(root, { image }), quietContext)).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
    });
    expect(await runs.list()).toEqual([]);
  });
});

describe.skipIf(qemuMissing() !== null)(qemuTitle('a machine that runs on and on'), () => {
  test('is attached to again after its host closed, misses nothing, and is stopped', async () => {
    const root = tempFolder();
    const first = await openHost({ root });
    const { id } = await first.start(startRequest(root, { image: createEndlessImage(root) }), quietContext);
    while ((await first.show(id)).logBytes < 200) await sleep(50);
    await first.close();
    expect(await processesIn(join(root, 'data', 'runs', id))).toHaveLength(1);
    const second = await openHost({ root });
    const before = await second.show(id);
    expect(before.record.state).toBe('running');
    while ((await second.show(id)).logBytes <= before.logBytes) await sleep(50);
    const { record, logBytes } = await second.stop(id);
    expect(record).toMatchObject({ state: 'ended', stoppedBy: 'quit', verdict: { outcome: 'stopped' } });
    expect(await processesIn(join(root, 'data', 'runs', id))).toEqual([]);
    const log = await readWholeLog(second, id);
    expect(Buffer.byteLength(log)).toBe(logBytes);
    expect(log.match(/on and on\r\n/g)?.length).toBeGreaterThan(5);
    expect((await second.events(id)).map((event) => event.kind)).toContain('attached');
  });

  test('is ended by SIGTERM when its monitor is taken by somebody else', async () => {
    const root = tempFolder();
    const runs = await openHost({ root });
    const { id } = await runs.start(startRequest(root, { image: createEndlessImage(root) }), quietContext);
    const { connect } = await import('node:net');
    const taken = connect({ path: join(root, 'data', 'runs', id, 'qmp.sock') });
    await new Promise((resolve) => taken.once('data', resolve));
    const { record } = await runs.stop(id);
    taken.destroy();
    expect(record).toMatchObject({ stoppedBy: 'SIGTERM', verdict: { outcome: 'stopped' } });
  });
});

describe.skipIf(qemuMissing() !== null)(qemuTitle('the real QEMU'), () => {
  test('says itself why it refuses to start', async () => {
    const root = tempFolder();
    const wrapper = join(root, 'qemu');
    writeFileSync(
      wrapper,
      '#!/bin/sh\n[ "$1" = --version ] && exec qemu-system-x86_64 "$@"\nexec qemu-system-x86_64 -frobnicate "$@"\n',
    );
    chmodSync(wrapper, 0o755);
    const runs = await openHost({ root, qemu: wrapper });
    const image = await buildBootCheck(root);
    await expect(runs.start(startRequest(root, { image }), quietContext)).rejects.toMatchObject({
      code: 'QEMU_START_FAILED',
      data: { output: expect.stringContaining('-frobnicate: invalid option') as string },
    });
  });

  test('gets the fastest accelerator that works here, and says why', async () => {
    const root = tempFolder();
    const folder = { images: join(root, 'data', 'images') };
    mkdirSync(folder.images, { recursive: true });
    const images = openImageStore(folder);
    const runs = await openHost({ root, images });
    const image = await images.buildIntoStore({ kind: 'boot-check' }, {});
    const began = performance.now();
    const record = await runs.start(startRequest(root, { image, accelerator: 'auto' }), quietContext);
    expect(performance.now() - began).toBeLessThan(40_000);
    const [probe] = record.accelerator.probes;
    expect(probe?.accelerator).toBe('kvm');
    expect(record.accelerator.used).toBe(probe?.works === true ? 'kvm' : 'tcg');
    if (probe?.works === false) expect(record.accelerator.reason).toContain(probe.reason);
    expect((await watchToEnd(runs, record.id)).at(-1)?.record.verdict?.outcome).toBe('passed');
  });
});
