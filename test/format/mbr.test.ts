// Our partition table against the one that sfdisk writes for the same disk.
import { spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeMbr } from '../../src/engine/formats/mbr.ts';
import { GIBIBYTE, hasProgram, judge, judgePath, MEBIBYTE } from '../support/ext3-image.ts';
import { refusalOf } from '../support/refusals.ts';
import { useTempFolders } from '../support/temp.ts';

const hasSfdisk = hasProgram('sfdisk', '--version');
if (process.env['REQUIRE_TOOLS'] === '1' && !hasSfdisk) throw new Error('sfdisk is required');

const tempFolder = useTempFolders();

test('the bytes that sfdisk 2.38.1 writes for 1640 MiB from 1 MiB on', () => {
  const bytes = encodeMbr({ signature: 0x12345678, offsetBytes: MEBIBYTE, lengthBytes: 1640 * MEBIBYTE });
  expect(bytes).toHaveLength(512);
  expect(Buffer.from(bytes.subarray(440, 462)).toString('hex')).toBe(
    '78563412' + '0000' + '00202100' + '833221d1' + '00080000' + '00403300',
  );
  expect([...bytes.subarray(0, 440), ...bytes.subarray(462, 510)].every((byte) => byte === 0)).toBe(true);
  expect([...bytes.subarray(510)]).toEqual([0x55, 0xaa]);
});

test.each([
  [MEBIBYTE, 2 ** 41],
  [MEBIBYTE + 1, 512],
  [0, 512],
  [MEBIBYTE, 100],
  [MEBIBYTE, 0],
])('from %i on %i bytes are refused', async (offsetBytes, lengthBytes) => {
  expect(await refusalOf(() => encodeMbr({ signature: 1, offsetBytes, lengthBytes }))).toMatchObject([
    'INPUT_INVALID',
    {},
  ]);
});

describe.skipIf(!hasSfdisk)('before sfdisk (needs fdisk)', () => {
  test.each([
    [MEBIBYTE, 20 * MEBIBYTE],
    [MEBIBYTE, 1640 * MEBIBYTE],
    [MEBIBYTE, 8 * GIBIBYTE],
    [MEBIBYTE, 16 * GIBIBYTE - MEBIBYTE],
    [GIBIBYTE, 15 * GIBIBYTE],
    [GIBIBYTE, 1023 * GIBIBYTE],
    // The end of what a table can describe.
    [MEBIBYTE, 2 ** 41 - 512 - MEBIBYTE],
  ])('from %i on %i bytes: the same sector, and no complaint', (offsetBytes, lengthBytes) => {
    const folder = tempFolder();
    const [ours, theirs] = [join(folder, 'ours.img'), join(folder, 'theirs.img')];
    writeFileSync(ours, encodeMbr({ signature: 0xdeadbeef, offsetBytes, lengthBytes }));
    writeFileSync(theirs, '');
    for (const path of [ours, theirs]) truncateSync(path, offsetBytes + lengthBytes);
    const made = spawnSync('sfdisk', ['--quiet', theirs], {
      input: `label: dos\nlabel-id: 0xdeadbeef\nstart=${offsetBytes / 512}, size=${lengthBytes / 512}, type=83\n`,
      env: { ...process.env, PATH: judgePath() },
    });
    expect(made.status).toBe(0);
    const sector = (path: string): string => firstSector(path).toString('hex');
    expect(sector(ours)).toBe(sector(theirs));
    expect(judge('sfdisk', '--verify', ours)).toEqual({
      status: 0,
      words: expect.stringMatching(/^No errors detected\.$/m) as string,
    });
    const said = JSON.parse(judge('sfdisk', '--json', ours).words) as { partitiontable: object };
    expect(said.partitiontable).toMatchObject({
      label: 'dos',
      id: '0xdeadbeef',
      sectorsize: 512,
      partitions: [{ start: offsetBytes / 512, size: lengthBytes / 512, type: '83' }],
    });
  });
});

function firstSector(path: string): Buffer {
  const { stdout } = spawnSync('head', ['-c', '512', path]);
  return stdout;
}
