// The boot check's other verdicts: machines and disks at fault, made by QEMU or by other machine code in stage2, and streams with bad syntax.
import { describe, expect, test } from 'vitest';
import { BOOT_CHECK_EXIT_STATUS } from '../../src/engine/formats/boot-check-console.ts';
import { encodeBootCheckStream } from '../../src/engine/formats/boot-check.ts';
import { crc32, formatCrc32 } from '../../src/engine/formats/crc32.ts';
import { boot, defaultImage, diskWith, type Medium, patchStage2 } from '../support/boot-check-machine.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const NOTHING = encodeBootCheckStream([]);

/** stage2's `call is_a20_on; je a20_on; mov ax, 0x2401`, and what switches the line off instead of asking at first. */
const ASK_A20 = /e8....740fb80124/;
const SWITCH_A20_OFF = 'b80024cd15b8';

describe.skipIf(qemuMissing() !== null)(qemuTitle('faults that the boot check finds'), () => {
  const tempFolder = useTempFolders();

  test('a drive without int 13h extensions', async () => {
    const { lines, status } = await boot(defaultImage().bytes, tempFolder(), { medium: 'floppy' });
    expect([...lines, status]).toEqual([
      'Seedbed boot check 1',
      'verdict: failed no-lba',
      BOOT_CHECK_EXIT_STATUS['no-lba'],
    ]);
  });

  test.each<[Medium, number]>([
    ['ide', 64],
    ['ahci', 0],
    ['usb', 64],
  ])('a sector that cannot be read, at %s: status and where the read began', async (medium, before) => {
    const image = defaultImage();
    const streamLba = (image.regions[3]?.offset ?? 0) / 512;
    const { lines, status } = await boot(image.bytes, tempFolder(), {
      medium,
      badSector: { sector: streamLba + before + 5, once: false },
    });
    expect(lines.at(-1)).toMatch(
      new RegExp(`^verdict: failed disk-error status [0-9a-f]{2} lba ${streamLba + before}$`),
    );
    expect(status).toBe(BOOT_CHECK_EXIT_STATUS['disk-error']);
  });

  test('a sector of stage2 that cannot be read: the boot sector says so itself', async () => {
    const { lines, status } = await boot(defaultImage().bytes, tempFolder(), {
      badSector: { sector: 12, once: false },
    });
    expect(lines).toEqual([
      'Seedbed boot check 1',
      expect.stringMatching(/^verdict: failed disk-error status [0-9a-f]{2} lba 12$/),
    ]);
    expect(status).toBe(BOOT_CHECK_EXIT_STATUS['disk-error']);
  });

  test.each([
    ['of stage2', 12],
    ['of the stream', 200],
  ])('a sector %s that can be read at the second try is no fault', async (_, sector) => {
    const { lines } = await boot(defaultImage().bytes, tempFolder(), { badSector: { sector, once: true } });
    expect(lines.at(-1)).toBe('verdict: passed');
  });

  test('address line 20 that stays off', async () => {
    const stage2 = patchStage2([ASK_A20, `${SWITCH_A20_OFF}0024`]);
    const { lines, status } = await boot(diskWith(NOTHING, stage2), tempFolder());
    expect([...lines.slice(1), status]).toEqual([
      'disk: int 13h extensions ok',
      'verdict: failed a20',
      BOOT_CHECK_EXIT_STATUS.a20,
    ]);
  });

  test('address line 20 that was off is switched on', async () => {
    const { lines } = await boot(
      diskWith(NOTHING, patchStage2([ASK_A20, `${SWITCH_A20_OFF}0124`])),
      tempFolder(),
    );
    expect([lines[2], lines.at(-1)]).toEqual(['a20: ok', 'verdict: passed']);
  });

  test.each([
    ['an interrupt that gives another length', /83f804b800000000/, '83f805b800000000'],
    ['an interrupt that comes back with another stack', /39e50f85/, '39e60f85'],
    ['an exception', /29cacd8039d0/, '29ca0f0b39d0'],
  ])('%s', async (_, from, to) => {
    const { lines, status } = await boot(diskWith(NOTHING, patchStage2([from, to])), tempFolder());
    expect(lines.at(-1)).toMatch(/verdict: failed interrupt$/);
    expect(status).toBe(BOOT_CHECK_EXIT_STATUS.interrupt);
  });

  test('an address that holds no memory', async () => {
    const stage2 = patchStage2([/fcffffbb/, '0000f0fe']);
    const { lines, status } = await boot(diskWith(NOTHING, stage2), tempFolder());
    expect([...lines.slice(-2), status]).toEqual([
      'interrupt: int 0x80 ok',
      'verdict: failed memory-bad',
      BOOT_CHECK_EXIT_STATUS['memory-bad'],
    ]);
  });

  const path = `/${'x'.repeat(1022)}`;
  const summed = (text: string, entries: number, bytes: number): string =>
    `${text}sum ${entries} ${bytes} ${formatCrc32(crc32(Buffer.from(text, 'latin1')))}\n`;
  const CAPITALS = formatCrc32(crc32(Buffer.from('src 0 /a\n'))).toUpperCase();
  expect(CAPITALS).toMatch(/[A-F]/);
  test.each([
    ['no entry at all', 'passed', summed('', 0, 0)],
    ['the longest path', 'passed', summed(`src 1 ${path}\nx`, 1, 1)],
    ['a path that is too long', 'failed stream-damaged', summed(`src 1 ${path}x\nx`, 1, 1)],
    ['a path with a space', 'failed stream-damaged', summed('src 1 /a b\nx', 1, 1)],
    ['no path', 'failed stream-damaged', summed('src 1 \nx', 1, 1)],
    ['no size', 'failed stream-damaged', summed('src  /a\n', 1, 0)],
    ['a size with a 0 before it', 'failed stream-damaged', summed('src 01 /a\nx', 1, 1)],
    ['a size of nine digits', 'failed stream-damaged', summed('src 100000000 /a\nx', 1, 1)],
    ['a size beyond the medium', 'failed stream-truncated', summed('src 99999999 /a\nx', 1, 1)],
    ['another word', 'failed stream-damaged', summed('hex0 /a /b\n', 0, 0)],
    ['a wrong number of entries', 'failed stream-damaged', summed('src 1 /a\nx', 2, 1)],
    ['a wrong number of bytes', 'failed stream-damaged', summed('src 1 /a\nx', 1, 2)],
    ['a wrong sum', 'failed stream-damaged', 'sum 0 0 00000001\n'],
    ['a sum in capitals', 'failed stream-damaged', 'src 0 /a\nsum 1 0 '.concat(CAPITALS, '\n')],
    ['something behind the sum line', 'failed stream-damaged', `${summed('', 0, 0)}src`],
    ['no sum line', 'failed stream-truncated', 'src 1 /a\nx'],
    ['a sum line without its end', 'failed stream-truncated', 'sum 0 0 00000000'],
  ])('a stream with %s: %s', async (_, verdict, text) => {
    const { lines } = await boot(diskWith(Buffer.from(text, 'latin1')), tempFolder());
    expect(lines.at(-1)).toBe(`verdict: ${verdict}`);
  });
});
