// The real helper on real loop devices: what it writes, what it finds, what it refuses. The kernel here has no dm-error, dm-flakey, nbd, scsi_debug
// or null_blk: errors at a chosen block are made in test/unit/flash-faults.test.ts, and here by backing files that end or have no room.
import { randomInt } from 'node:crypto';
import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startChunkList } from '../../src/helper/chunk-list.ts';
import { findDevice, openDevice } from '../../src/helper/device-target.ts';
import { HelperError } from '../../src/helper/failure.ts';
import { openImage } from '../../src/helper/open-image.ts';
import { verifyDrive } from '../../src/helper/verify-drive.ts';
import { makeBuffers } from '../../src/helper/work.ts';
import {
  CHUNK_BYTES,
  EDGE_BYTES,
  type HelperArguments,
  type HelperEvent,
} from '../../src/helper/protocol.ts';
import { argumentsFor, type Ended, randomImage, requestsFor, useHelper } from '../support/flash-helper.ts';
import {
  identityOf,
  type LoopDevice,
  loopMissing,
  loopTitle,
  run,
  useLoopDevices,
} from '../support/loop-devices.ts';
import { useTempFolders } from '../support/temp.ts';

const MIB = 1024 * 1024;

describe.skipIf(loopMissing() !== null)(loopTitle('the flash helper on loop devices'), () => {
  const helper = useHelper();
  const tempFolder = useTempFolders();
  const makeLoop = useLoopDevices();

  interface Scene {
    loop: LoopDevice;
    image: { path: string; bytes: Buffer };
  }

  /** A device full of old bytes and an image for it. */
  function scene(deviceBytes: number, bytes: Buffer): Scene {
    const folder = tempFolder();
    writeFileSync(join(folder, 'drive.img'), Buffer.alloc(deviceBytes, 0xa5));
    const path = join(folder, 'image, with comma.img');
    writeFileSync(path, bytes);
    return { loop: makeLoop(folder, deviceBytes), image: { path, bytes } };
  }

  async function act(
    { loop, image }: Scene,
    changes: Partial<HelperArguments> = {},
    before: Parameters<ReturnType<typeof helper.start>['send']> = [],
  ): Promise<Ended> {
    const running = helper.start(argumentsFor(loop, image, changes));
    running.send(...requestsFor(image.bytes).requests, ...before, { type: 'begin' });
    return running.ended;
  }

  const failureOf = ({ last }: Ended): unknown =>
    last?.type === 'failed' ? [last.failure.code, last.headIsZero] : last;
  const deviceBytes = ({ loop }: Scene): Buffer => readFileSync(loop.path);
  const isAll = (value: number, bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length, value));
  const isZero = (bytes: Buffer): boolean => isAll(0, bytes);

  test('writes every byte of an image that ends within a sector, wipes both ends, leaves the rest alone', async () => {
    const made = scene(24 * MIB, randomImage(9 * MIB + 700));
    const ended = await act(made);
    expect(ended).toMatchObject({ status: 0, stderr: '', last: { type: 'done' } });
    const device = deviceBytes(made);
    const { length } = made.image.bytes;
    expect(device.subarray(0, length).equals(made.image.bytes)).toBe(true);
    expect(isZero(device.subarray(length, 9 * MIB + 1024))).toBe(true);
    expect(isAll(0xa5, device.subarray(9 * MIB + 1024, 23 * MIB))).toBe(true);
    expect(isZero(device.subarray(23 * MIB))).toBe(true);
  });

  test('zero ranges are zeros on the device, by the kernel’s own means', async () => {
    const bytes = Buffer.alloc(40 * MIB);
    randomImage(5 * MIB).copy(bytes);
    randomImage(MIB).copy(bytes, 33 * MIB);
    const made = scene(40 * MIB, bytes);
    const { last } = await act(made);
    expect(last).toMatchObject({ type: 'done', done: { zeroing: 'kernel', writtenBytes: 3 * CHUNK_BYTES } });
    expect(deviceBytes(made).equals(bytes)).toBe(true);
  });

  test('uses little memory', async () => {
    const { last } = await act(scene(64 * MIB, randomImage(64 * MIB)));
    expect(last?.type === 'done' ? last.done.peakMemoryBytes / MIB : Infinity).toBeLessThan(80);
  });

  test(
    'cancelled at 20 points it leaves no beginning that could be started',
    { timeout: 120_000 },
    async () => {
      const made = scene(24 * MIB, randomImage(24 * MIB));
      const seen = new Set<string>();
      for (let point = 0; point < 20; point += 1) {
        const running = helper.start(argumentsFor(made.loop, made.image));
        running.send(...requestsFor(made.image.bytes).requests);
        const after = point % 10;
        const phases = ['ready', 'wipe', 'write', 'sync', 'head', 'verify'];
        let events = 0;
        const isPoint = (event: HelperEvent): boolean => {
          events += 1;
          const phase = event.type === 'progress' ? event.phase : event.type;
          return phase === phases[after] || (after >= phases.length && events > after);
        };
        running.send({ type: 'begin' });
        await running.saw(isPoint);
        // Half of them by the word, half by going away.
        if (point < 10) running.send({ type: 'cancel' });
        else running.child.stdin?.end();
        const ended = await running.ended;
        if (ended.last?.type === 'done') continue;
        expect(failureOf(ended)).toEqual(['cancelled', expect.any(Boolean)]);
        seen.add(ended.last?.type === 'failed' ? ended.last.failure.phase : '');
        const start = deviceBytes(made).subarray(0, EDGE_BYTES);
        // Before anything was done the old contents stand; later there is nothing.
        if (ended.last?.type === 'failed' && ended.last.headIsZero) expect(isZero(start)).toBe(true);
        else expect(ended.last).toMatchObject({ failure: { phase: 'check' } });
      }
      expect(seen.size).toBeGreaterThan(1);
    },
  );

  test(
    'one byte that changed anywhere is found, 100 times of 100, with its place',
    { timeout: 120_000 },
    async () => {
      const made = scene(9 * MIB, randomImage(9 * MIB));
      expect((await act(made)).status).toBe(0);
      const verify = verifierOf(made);
      const fd = openSync(made.loop.backing, 'r+');
      for (let round = 0; round < 100; round += 1) {
        // The first and the last byte are always among them.
        const at = round === 0 ? 0 : round === 1 ? 9 * MIB - 1 : randomInt(9 * MIB);
        const put = (bit: number): void =>
          void writeSync(fd, Buffer.from([(made.image.bytes[at] ?? 0) ^ bit]), 0, 1, at);
        put(1 << randomInt(8));
        expect(await verify()).toEqual(['mismatch', at, [Math.floor(at / CHUNK_BYTES)]]);
        // And by the program itself.
        if (round < 3)
          expect((await act(made, { mode: 'verify' })).last).toMatchObject({
            failure: { code: 'mismatch', offsetBytes: at },
          });
        put(0);
      }
      closeSync(fd);
      expect(await verify()).toBe('equal');
    },
  );

  /** The helper's verification on the real device, without a process for each. */
  function verifierOf({ loop, image }: Scene): () => Promise<unknown> {
    const { requests, chunksSha256 } = requestsFor(image.bytes);
    const builder = startChunkList(image.bytes.length);
    for (const request of requests)
      if (request.type === 'hashes' || request.type === 'zeros') builder.add(request);
    const chunks = builder.finish(chunksSha256);
    const buffers = makeBuffers();
    const source = openImage(image.path, image.bytes.length, null);
    return async () => {
      const target = openDevice(loop.path, loop.identity, 'verify');
      const { signal } = new AbortController();
      const report = (): void => undefined;
      const task = {
        target,
        source,
        chunks,
        buffers,
        signal,
        report,
        imageBytes: image.bytes.length,
        endIsZero: true,
      };
      try {
        await verifyDrive(task);
        return 'equal';
      } catch (error) {
        return error instanceof HelperError ? [error.code, error.offsetBytes, error.badChunks] : error;
      } finally {
        await target.close();
      }
    };
  }

  test('a verification without the image names the chunk', async () => {
    const made = scene(9 * MIB, randomImage(9 * MIB));
    expect((await act(made)).status).toBe(0);
    expect((await act(made, { mode: 'verify', image: null })).status).toBe(0);
    made.image.bytes[8 * MIB + 5] = (made.image.bytes[8 * MIB + 5] ?? 0) ^ 1;
    const { last } = await act(made, { mode: 'verify', image: null });
    expect(last).toMatchObject({ failure: { code: 'mismatch', offsetBytes: 8 * MIB, badChunks: [2] } });
  });

  test(
    'another identity than the chosen one is refused, 100 times of 100, and nothing is written',
    { timeout: 120_000 },
    async () => {
      const made = scene(5 * MIB, randomImage(5 * MIB));
      const other = scene(6 * MIB, randomImage(5 * MIB));
      const { identity } = made.loop;
      const lies: Partial<HelperArguments>[] = [
        { identity: { ...identity, diskseq: (identity.diskseq ?? 0) + 1 } },
        { identity: { ...identity, diskseq: null } },
        { identity: { ...identity, sizeBytes: identity.sizeBytes + 512 } },
        { identity: { ...identity, majorMinor: other.loop.identity.majorMinor } },
        { identity: { ...identity, serial: 'S1' } },
        { identity: { ...identity, wwn: '0x5000c500' } },
        { device: other.loop.path },
      ];
      const before = deviceBytes(made);
      for (let round = 0; round < 100; round += 1) {
        const lie = lies[round % lies.length] ?? {};
        if (round < lies.length) expect(failureOf(await act(made, lie))).toEqual(['identity-changed', false]);
        const device = lie.device ?? made.loop.path;
        for (const look of [findDevice, openDevice])
          expect(() => look(device, lie.identity ?? identity, 'write')).toThrow(
            expect.objectContaining({ code: 'identity-changed' }) as Error,
          );
      }
      expect(deviceBytes(made).equals(before)).toBe(true);
      expect(isZero(deviceBytes(other))).toBe(false);
    },
  );

  test('a device that was attached anew under the same name, with the same size, is another one', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const running = helper.start(argumentsFor(made.loop, made.image));
    await running.saw(({ type }) => type === 'ready');
    // Between the choice and the beginning: the person is typing a password.
    run('losetup', ['--detach', made.loop.path]);
    run('losetup', [made.loop.path, made.loop.backing]);
    running.send(...requestsFor(made.image.bytes).requests, { type: 'begin' });
    expect(failureOf(await running.ended)).toEqual(['identity-changed', false]);
    expect(isAll(0xa5, readFileSync(made.loop.backing))).toBe(true);
  });

  test('a device that is gone is told as unplugged', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const running = helper.start(argumentsFor(made.loop, made.image));
    await running.saw(({ type }) => type === 'ready');
    made.loop.detach();
    running.send(...requestsFor(made.image.bytes).requests, { type: 'begin' });
    const ended = await running.ended;
    expect(['identity-changed', 'unplugged']).toContain((failureOf(ended) as string[])[0]);
  });

  test('a read-only device is refused; one that becomes so while it is written is told as such', async () => {
    const made = scene(64 * MIB, randomImage(64 * MIB));
    run('blockdev', ['--setro', made.loop.path]);
    expect(failureOf(await act(made))).toEqual(['read-only', false]);
    run('blockdev', ['--setrw', made.loop.path]);
    const ended = await interrupted(made, () => run('blockdev', ['--setro', made.loop.path]));
    run('blockdev', ['--setrw', made.loop.path]);
    expect(failureOf(ended)).toEqual(['read-only', true]);
    expect(isZero(deviceBytes(made).subarray(0, EDGE_BYTES))).toBe(true);
  });

  test('a medium that goes away while it is written is told as unplugged', async () => {
    const made = scene(64 * MIB, randomImage(64 * MIB));
    const ended = await interrupted(made, () => {
      truncateSync(made.loop.backing, 0);
      run('losetup', ['--set-capacity', made.loop.path]);
    });
    expect(failureOf(ended)).toEqual(['unplugged', true]);
  });

  /** Stops the helper in the middle of writing, lets something happen to the drive, and lets it go on. */
  async function interrupted({ loop, image }: Scene, happen: () => void): Promise<Ended> {
    const running = helper.start(argumentsFor(loop, image));
    running.send(...requestsFor(image.bytes).requests, { type: 'begin' });
    await running.saw((event) => event.type === 'progress' && event.phase === 'write');
    running.child.kill('SIGSTOP');
    happen();
    running.child.kill('SIGCONT');
    return running.ended;
  }

  test('a device that is too short is refused before anything is written', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB + 1));
    expect(failureOf(await act(made))).toEqual(['too-small', false]);
    expect(isAll(0xa5, deviceBytes(made))).toBe(true);
  });

  test('a device that reads no further than byte N is told with the sector', async () => {
    const made = scene(12 * MIB, randomImage(12 * MIB));
    expect((await act(made)).status).toBe(0);
    truncateSync(made.loop.backing, 7 * MIB + 4096);
    const { last } = await act(made, { mode: 'verify' });
    expect(last).toMatchObject({
      failure: { code: 'bad-sector', phase: 'verify', offsetBytes: 7 * MIB + 4096 },
    });
  });

  test('a device that takes no write from byte N on is told with the sector, and its beginning is zeros', async () => {
    const folder = tempFolder();
    const small = join(folder, 'small');
    mkdirSync(small);
    run('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'seedbed-test', small]);
    try {
      const bytes = randomImage(12 * MIB);
      const path = join(folder, 'image.img');
      writeFileSync(path, bytes);
      const made = { loop: makeLoop(small, 16 * MIB), image: { path, bytes } };
      const { last } = await act(made);
      expect(last).toMatchObject({ type: 'failed', headIsZero: true, failure: { phase: 'write' } });
      expect(last?.type === 'failed' && ['bad-sector', 'device-full'].includes(last.failure.code)).toBe(true);
      expect(isZero(readFileSync(made.loop.path).subarray(0, EDGE_BYTES))).toBe(true);
      made.loop.detach();
    } finally {
      run('umount', [small]);
    }
  });

  test('resumes: what an earlier try wrote is read and kept, what is not right there is written again', async () => {
    const made = scene(32 * MIB, randomImage(32 * MIB));
    expect((await act(made)).status).toBe(0);
    const fd = openSync(made.loop.path, 'r+');
    writeSync(fd, Buffer.alloc(512), 0, 512, 13 * MIB);
    closeSync(fd);
    const { last } = await act(made, {}, [{ type: 'resume', upTo: 6 }]);
    // Chunk 0 is never believed; chunk 3 was damaged; 1, 2, 4 and 5 are kept.
    expect(last).toMatchObject({ type: 'done', done: { resumedChunks: 4 } });
    expect(deviceBytes(made).equals(made.image.bytes)).toBe(true);
  });

  test('an image that changed since it was confirmed never reaches the device', async () => {
    const made = scene(12 * MIB, randomImage(12 * MIB));
    const told = requestsFor(made.image.bytes);
    const running = helper.start(argumentsFor(made.loop, made.image));
    const changed = Buffer.from(made.image.bytes);
    changed[9 * MIB] = (changed[9 * MIB] ?? 0) ^ 4;
    writeFileSync(made.image.path, changed);
    running.send(...told.requests, { type: 'begin' });
    expect(failureOf(await running.ended)).toEqual(['image-changed', true]);
    expect(deviceBytes(made)[9 * MIB]).not.toBe(changed[9 * MIB]);
  });

  test('a mounted device is refused, or unmounted where that was asked for, whatever else is mounted', async () => {
    const made = scene(12 * MIB, randomImage(5 * MIB));
    run('mkfs.ext3', ['-q', '-F', made.loop.path]);
    const mountPoint = join(tempFolder(), 'a place\twith spaces');
    mkdirSync(mountPoint);
    run('mount', [made.loop.path, mountPoint]);
    try {
      // The number of a mounted device has not changed.
      expect(identityOf(made.loop.path)).toEqual(made.loop.identity);
      expect(failureOf(await act(made))).toEqual(['in-use', false]);
      const ended = await act(made, { unmount: true });
      expect(ended.last).toMatchObject({ type: 'done', done: { unmounted: [mountPoint] } });
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(made.loop.path);
    } finally {
      if (readFileSync('/proc/self/mountinfo', 'utf8').includes(`${made.loop.path} `))
        run('umount', [mountPoint]);
    }
  });

  test('the second of two helpers on one device is refused', async () => {
    const made = scene(64 * MIB, randomImage(64 * MIB));
    const first = helper.start(argumentsFor(made.loop, made.image));
    first.send(...requestsFor(made.image.bytes).requests, { type: 'begin' });
    await first.saw((event) => event.type === 'progress' && event.phase === 'write');
    first.child.kill('SIGSTOP');
    const second = await act(made);
    first.child.kill('SIGCONT');
    expect(failureOf(second)).toEqual(['in-use', false]);
    expect((await first.ended).status).toBe(0);
  });

  test('a file, a link and a partition’s name are no devices', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const link = `/dev/seedbed-test-${process.pid}`;
    symlinkSync(made.loop.path, link);
    try {
      expect(failureOf(await act(made, { device: link }))).toEqual(['not-a-device', false]);
    } finally {
      run('rm', ['-f', link]);
    }
    for (const device of ['/dev/null', '/dev/shm'])
      expect(failureOf(await act(made, { device }))).toEqual(['not-a-device', false]);
    for (const device of [made.loop.backing, '/dev/../tmp/x', 'loop0', '', '/dev/', '/dev/loop0\n'])
      expect(failureOf(await act(made, { device }))).toEqual(['bad-arguments', false]);
    expect(isAll(0xa5, deviceBytes(made))).toBe(true);
  });

  test('a link that is put in place of the device at the last moment is refused', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const other = scene(5 * MIB, randomImage(5 * MIB));
    const node = `/dev/seedbed-test-${process.pid}`;
    const [major = '', minor = ''] = made.loop.identity.majorMinor.split(':');
    run('mknod', [node, 'b', major, minor]);
    try {
      const running = helper.start(argumentsFor(made.loop, made.image, { device: node }));
      await running.saw(({ type }) => type === 'ready');
      run('ln', ['-sfn', other.loop.path, node]);
      running.send(...requestsFor(made.image.bytes).requests, { type: 'begin' });
      expect(failureOf(await running.ended)).toEqual(['not-a-device', false]);
    } finally {
      run('rm', ['-f', node]);
    }
    for (const one of [made, other]) expect(isAll(0xa5, deviceBytes(one))).toBe(true);
  });

  test('a poisoned environment and other flags of Node are refused', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const poisons: [Record<string, string>, string[]][] = [
      [{ LD_PRELOAD: '/nonexistent.so' }, []],
      [{ NODE_OPTIONS: '--no-warnings' }, []],
      [{ NODE_EXTRA_CA_CERTS: '/tmp/x' }, []],
      [{}, ['--require=node:fs']],
      [{}, ['--inspect=127.0.0.1:0']],
    ];
    for (const [env, flags] of poisons) {
      const running = helper.start(argumentsFor(made.loop, made.image), env, flags);
      running.send(...requestsFor(made.image.bytes).requests, { type: 'begin' });
      expect(failureOf(await running.ended)).toEqual(['bad-environment', false]);
    }
    expect(isAll(0xa5, deviceBytes(made))).toBe(true);
  });

  test('input that is no request ends it before anything is written', async () => {
    const made = scene(5 * MIB, randomImage(5 * MIB));
    const { requests } = requestsFor(made.image.bytes);
    const [first = { type: 'begin' as const }] = requests;
    const wrong = [
      ['garbage'],
      ['{}'],
      [first, first, { type: 'begin' as const }],
      [{ type: 'begin' as const }],
      [{ type: 'zeros' as const, from: 0, count: 2 }, { type: 'begin' as const }],
      ['x'.repeat(100_000)],
      [
        { type: 'hashes' as const, from: 0, sha256: ['0'.repeat(64), 'f'.repeat(64)] },
        { type: 'begin' as const },
      ],
    ];
    for (const lines of wrong) {
      const running = helper.start(argumentsFor(made.loop, made.image));
      running.send(...lines);
      expect(failureOf(await running.ended)).toEqual(['bad-message', false]);
    }
    expect(isAll(0xa5, deviceBytes(made))).toBe(true);
  });
});
