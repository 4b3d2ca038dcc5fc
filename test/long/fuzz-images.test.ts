// 200 000 damaged disks: each is read or refused with a code, none hangs, and memory stays within bounds.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasE2fsprogs } from '../support/ext-images.ts';
import { makeFuzzBases } from '../support/fuzz-bases.ts';
import { fuzzOnce, readByTwo } from '../support/fuzz-images.ts';
import { randomNumbers } from '../support/mutations.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const required = process.env['REQUIRE_TOOLS'] === '1';

const INPUTS = 200_000;
/** Each in a thread of its own. */
const BY_TWO = 600;
const LONGEST_MS = 10_000;
const MOST_MEMORY_BYTES = 500_000_000;

describe.skipIf(!hasE2fsprogs && !required)('damaged disks (needs mke2fs)', () => {
  test(`${INPUTS} of them`, async () => {
    const bases = await makeFuzzBases(makeFolder());
    const seed = Number(process.env['FUZZ_SEED'] ?? 1);
    const random = randomNumbers(seed);
    const answers = new Map<string, number>();
    let slowest = 0;
    let most = 0;
    for (let index = 0; index < INPUTS; index += 1) {
      const base = bases[index % bases.length];
      if (base === undefined) throw new Error('no disk to damage');
      const began = performance.now();
      const answer = await fuzzOnce(base, random).catch((error: unknown) => {
        throw new Error(`seed ${seed}, input ${index}`, { cause: error });
      });
      slowest = Math.max(slowest, performance.now() - began);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (index % 1000 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
    expect([slowest < LONGEST_MS, most < MOST_MEMORY_BYTES]).toEqual([true, true]);
    expect(answers.get('CONTENT_UNREADABLE')).toBeGreaterThan(INPUTS / 20);
    expect(answers.get('read')).toBeGreaterThan(INPUTS / 20);
  });

  test(`${BY_TWO} of them by ext2fs and our own reader`, async () => {
    const folder = makeFolder();
    const bases = (await makeFuzzBases(folder)).filter(({ name }) => name !== 'boot image');
    const random = randomNumbers(Number(process.env['FUZZ_SEED'] ?? 1));
    const read = readByTwo(join(folder, 'damaged.img'));
    const answers = new Map<string, number>();
    const before = process.listenerCount('uncaughtException');
    let most = 0;
    for (let index = 0; index < BY_TWO; index += 1) {
      const base = bases[index % bases.length];
      if (base === undefined) throw new Error('no disk to damage');
      const answer = await fuzzOnce(base, random, read);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      most = Math.max(most, process.memoryUsage.rss());
    }
    expect([most < MOST_MEMORY_BYTES, process.listenerCount('uncaughtException')]).toEqual([true, before]);
    expect(answers.get('ext2fs')).toBeGreaterThan(BY_TWO / 20);
    expect(answers.get('CONTENT_UNREADABLE')).toBeGreaterThan(BY_TWO / 20);
  });
});
