// 500 single bytes changed in an image of the real live-bootstrap: each is found, and what it belongs to named.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/engine/image/build.ts';
import { expectBoot } from '../../src/engine/image-reading/expect-boot.ts';
import { scanStream } from '../../src/engine/image-reading/scan-stream.ts';
import { verifyBoot } from '../../src/engine/image-reading/verify-boot.ts';
import type { ImageProblem } from '../../src/shared/model/image-reading.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { memorySource, memoryThreads } from '../support/memory-source.ts';
import { placesToChange, randomNumbers, regionOfByte } from '../support/mutations.ts';
import { readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const checkout = process.env['LIVE_BOOTSTRAP_DIR'];
/** builder-hex0 a2781242: stage2 reads from here. */
const STREAM_SECTOR = 175;

describe.skipIf(checkout === undefined)('the real checkout (needs LIVE_BOOTSTRAP_DIR)', () => {
  test('500 changes', async () => {
    const folder = makeFolder();
    const image = join(folder, 'stage0.img');
    const request = bootstrapRequest({ path: checkout ?? '', distfiles: folder }, { goal: 'stage0' });
    const { bootstrapCfg } = await buildImage(request, image, join(folder, 'r.json'), { replace: false });
    const plain = await readPlainImage(image, STREAM_SECTOR);
    const expectation = {
      checkoutPath: checkout ?? '',
      bootstrapCfg: bootstrapCfg ?? '',
      goal: 'stage0' as const,
    };
    const expected = await expectBoot(
      { ...expectation, overlays: [], preseed: null, findDistfile: () => Promise.resolve(null) },
      {},
    );
    const { bytes } = plain;
    async function firstProblem(): Promise<ImageProblem | undefined> {
      const source = memorySource(bytes);
      const stream = await scanStream(source, expected.streamOffsetBytes);
      const entries = stream.entries.map((entry) => ({
        ...entry,
        sha256: createHash('sha256')
          .update(bytes.subarray(entry.payloadAtBytes, entry.endBytes))
          .digest('hex'),
      }));
      return (await verifyBoot(source, { ...stream, entries }, expected, memoryThreads(bytes))).problems[0];
    }
    expect(await firstProblem()).toBeUndefined();
    const random = randomNumbers(500);
    const wrong: unknown[] = [];
    for (const offset of placesToChange(plain, 500, random)) {
      const right = bytes[offset] ?? 0;
      bytes[offset] = right ^ (1 + random(255));
      const first = await firstProblem();
      bytes[offset] = right;
      const named = first?.region.path ?? first?.region.kind;
      if (named !== regionOfByte(plain, offset) || first?.offsetBytes !== offset)
        wrong.push({ offset, is: regionOfByte(plain, offset), named, at: first?.offsetBytes });
    }
    expect(wrong).toEqual([]);
  });
});
