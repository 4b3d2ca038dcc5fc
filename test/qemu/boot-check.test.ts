// The boot check in the real QEMU: it passes, and names every byte that is wrong, every cut, and too little memory.
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOOT_CHECK_EXIT_STATUS, type BootCheckReason } from '../../src/engine/formats/boot-check-console.ts';
import { encodeBootCheckImage, encodeBootCheckStream } from '../../src/engine/formats/boot-check.ts';
import { defaultBootCheckEntries } from '../../src/engine/formats/boot-check-entries.ts';
import {
  boot,
  type Booted,
  defaultImage,
  diskWith,
  type Medium,
  STAGES,
} from '../support/boot-check-machine.ts';
import { qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useTempFolders } from '../support/temp.ts';

const FIRST_LINES = [
  'Seedbed boot check 1',
  'disk: int 13h extensions ok',
  'a20: ok',
  'memory: 3070 MiB contiguous from 1 MiB',
  'interrupt: int 0x80 ok',
  'probe: ok',
];

/** The lines that a boot of the default image must give, by the entries themselves and zlib. */
function expectedLines(): string[] {
  const hex = (bytes: Uint8Array): string => crc32(bytes).toString(16).padStart(8, '0');
  const entries = defaultBootCheckEntries();
  const stream = Buffer.from(encodeBootCheckStream(entries));
  const payload = entries.reduce((total, { bytes }) => total + bytes.length, 0);
  const sum = hex(stream.subarray(0, stream.lastIndexOf('sum ')));
  return [
    ...FIRST_LINES,
    ...entries.map(({ path, bytes }) => `entry ${bytes.length} ${hex(bytes)} ${path}`),
    `stream: ${entries.length} entries, ${payload} bytes, crc32 ${sum}`,
    'verdict: passed',
  ];
}

const failedWith = (...reasons: BootCheckReason[]) => ({
  verdicts: reasons.map((reason) => `verdict: failed ${reason}`),
  statuses: reasons.map((reason) => BOOT_CHECK_EXIT_STATUS[reason]),
});

function expectFailure({ lines, status }: Booted, ...reasons: BootCheckReason[]): void {
  const { verdicts, statuses } = failedWith(...reasons);
  expect(verdicts).toContain(lines.at(-1));
  expect(status).toBe(statuses[verdicts.indexOf(lines.at(-1) ?? '')]);
}

describe.skipIf(qemuMissing() !== null)(qemuTitle('the boot check in QEMU'), () => {
  const tempFolder = useTempFolders();
  const image = defaultImage();
  const [, , , stream] = image.regions;
  if (stream === undefined) throw new Error('no stream');
  const flipped = (at: number, bit: number): Uint8Array =>
    image.bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
  const text = Buffer.from(image.bytes).toString('latin1');
  const inside = (path: string): number => text.indexOf(`${path}\n`) + path.length + 1;

  test.each<Medium>(['ide', 'ahci', 'usb'])(
    'passes from a disk at %s, naming every entry',
    async (medium) => {
      const { lines, status } = await boot(image.bytes, tempFolder(), { medium });
      expect(lines).toEqual(expectedLines());
      expect(status).toBe(BOOT_CHECK_EXIT_STATUS.passed);
    },
  );

  test('switches the machine off where there is no debug exit', async () => {
    const { lines, status } = await boot(image.bytes, tempFolder(), { debugExit: false });
    expect([lines.at(-1), status]).toEqual(['verdict: passed', 0]);
  });

  test('waits for a key before it switches off what is no virtual machine', async () => {
    const { lines, status } = await boot(image.bytes, tempFolder(), {
      debugExit: false,
      args: ['-cpu', 'qemu64,-hypervisor'],
      pressKeyAt: 'Press a key to',
    });
    // The firmware holds the last character back until something else is printed.
    const [verdict, wait] = lines.slice(-2);
    expect([verdict, wait?.replace(/\.$/, ''), status]).toEqual([
      'verdict: passed',
      'Press a key to switch off',
      0,
    ]);
  });

  test.each([
    ['the first byte of data', inside('/seedbed/welcome')],
    ['data in the middle of a read', inside('/seedbed/reads/long') + 40_000],
    ['the last byte of data', text.lastIndexOf('sum ') - 1],
  ])('a flipped bit in %s is damage', async (_, at) => {
    expectFailure(await boot(flipped(at, 3), tempFolder()), 'stream-damaged');
  });

  test.each([
    ['the word src', 'src 43 /seedbed/reads/seam', 0],
    ['a size', 'src 43 /seedbed/reads/seam', 4],
    ['a path', 'src 43 /seedbed/reads/seam', 20],
    ['the line end of a header', '\nThe line above', 0],
    ['the sum line', 'sum ', 1],
  ])('a flipped bit in %s is damage, or a stream that ends too early', async (_, place, more) => {
    const at = text.lastIndexOf(place) + more;
    expectFailure(await boot(flipped(at, 0), tempFolder()), 'stream-damaged', 'stream-truncated');
  });

  test('no flipped bit of the stream passes', { timeout: 600_000 }, async () => {
    const anywhere = fc.integer({ min: 0, max: stream.length - 1 });
    await fc.assert(
      fc.asyncProperty(anywhere, fc.nat(7), async (at, bit) => {
        expectFailure(
          await boot(flipped(stream.offset + at, bit), tempFolder()),
          'stream-damaged',
          'stream-truncated',
        );
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  test(
    'no flipped bit of stage2’s text hangs the machine: it changes nothing that runs, or is found',
    { timeout: 600_000 },
    async () => {
      const [, stage2] = image.regions;
      const anywhere = fc.integer({ min: 0, max: (stage2?.length ?? 0) - 1 });
      await fc.assert(
        fc.asyncProperty(anywhere, fc.nat(7), async (at, bit) => {
          const booted = await boot(flipped(512 + at, bit), tempFolder());
          if (booted.status === BOOT_CHECK_EXIT_STATUS.passed) expect(booted.lines).toEqual(expectedLines());
          else expectFailure(booted, 'stream-damaged', 'stream-truncated');
        }),
        { numRuns: 6, endOnFailure: true },
      );
    },
  );

  test.each([
    ['behind the boot sector', 512],
    ['behind the first character of stage2', 513],
    ['inside stage2', 20_480],
    ['inside stage2, not at a sector’s end', 20_000],
    ['before the stream', stream.offset],
    ['inside the first header', stream.offset + 3],
    ['inside the data of an entry', inside('/seedbed/reads/long') + 1000],
    ['where a read ends', stream.offset + 2 * 32768],
    ['before the sum line', text.lastIndexOf('sum ')],
    ['inside the sum line', text.lastIndexOf('sum ') + 9],
    ['inside the zeros that the last read still needs', stream.offset + stream.length + 512],
  ])('an image cut %s is truncated', async (_, sizeBytes) => {
    expectFailure(await boot(image.bytes.subarray(0, sizeBytes), tempFolder()), 'stream-truncated');
  });

  // SeaBIOS starts no AHCI or USB disk that is smaller than one cylinder, 504 KiB.
  test.each<Medium>(['ahci', 'usb'])('a cut image at %s is truncated', async (medium) => {
    const entries = [{ path: '/long', bytes: new Uint8Array(700_000).fill(1) }];
    const long = encodeBootCheckImage({ ...STAGES, entries }).bytes;
    expectFailure(await boot(long.subarray(0, 600_000), tempFolder(), { medium }), 'stream-truncated');
  });

  test('zeros in place of the rest of an image are a stream that ends too early', async () => {
    const cut = image.bytes.slice();
    cut.fill(0, text.indexOf('src 43 /seedbed/reads/seam'));
    expectFailure(await boot(cut, tempFolder()), 'stream-truncated');
    expectFailure(await boot(diskWith(new Uint8Array()), tempFolder()), 'stream-truncated');
  });

  test('says how much memory there is when it is too little', async () => {
    const booted = await boot(image.bytes, tempFolder(), { memoryMiB: 2048 });
    expectFailure(booted, 'memory-short');
    expect(booted.lines).toEqual([
      ...FIRST_LINES.slice(0, 3),
      'memory: 2046 MiB contiguous from 1 MiB',
      'verdict: failed memory-short',
    ]);
  });

  test('passes with 3072 MiB, the least that a run may be given', async () => {
    expect((await boot(image.bytes, tempFolder(), { memoryMiB: 3072 })).lines.at(-1)).toBe('verdict: passed');
  });
});
