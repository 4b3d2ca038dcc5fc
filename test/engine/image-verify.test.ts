// Accounting for every byte of a boot image: whoever made it, whatever was changed in it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from '../../src/engine/image/build.ts';
import { recordPathFor } from '../../src/engine/image/image-files.ts';
import { expectBoot, type ExpectedBoot } from '../../src/engine/image-reading/expect-boot.ts';
import { scanStream } from '../../src/engine/image-reading/scan-stream.ts';
import { type BootVerdict, verifyBoot } from '../../src/engine/image-reading/verify-boot.ts';
import { distfilesIn, verifyImage } from '../../src/engine/image-reading/verify-image.ts';
import { ImageVerifyReport } from '../../src/shared/model/image-reading.ts';
import { bootstrapRequest } from '../support/build-request.ts';
import { type CheckoutFixture, fixtureStreamSector, makeCheckout } from '../support/checkout-fixture.ts';
import { memorySource, memoryThreads } from '../support/memory-source.ts';
import { placesToChange, randomNumbers, regionOfByte } from '../support/mutations.ts';
import { type PlainImage, readPlainImage } from '../support/read-image.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();

let folder = '';
let fixture: CheckoutFixture = { path: '', distfiles: '' };
let image = '';

beforeEach(async () => {
  folder = makeFolder();
  fixture = await makeCheckout(folder);
  image = join(folder, 'some.img');
  await buildImage(bootstrapRequest(fixture), image, join(folder, 'record.json'), { replace: false });
});

/** With the distfiles at hand, unless told otherwise. */
function verify(path: string, withDistfiles = true): Promise<ImageVerifyReport> {
  const findDistfile = withDistfiles ? distfilesIn(fixture.distfiles) : null;
  return verifyImage({ path, checkoutPath: fixture.path, findDistfile }, {});
}

function change(path: string, offset: number, byte?: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = byte ?? (bytes[offset] ?? 0) ^ 0x01;
  writeFileSync(path, bytes);
}

/** An image with the same entries in another order, as upstream's generator may write them: whole folders turned round. */
function reorder(plain: PlainImage): Buffer {
  const payloads = new Map<string, Buffer>();
  let at = plain.streamOffset;
  for (const { path, sizeBytes } of plain.entries) {
    const line = `src ${sizeBytes} ${path}\n`;
    payloads.set(path, plain.bytes.subarray(at, at + line.length + sizeBytes));
    at += line.length + sizeBytes;
  }
  const folders = plain.entries.filter(({ sizeBytes }) => sizeBytes === 0);
  const files = plain.entries.filter(({ sizeBytes }) => sizeBytes > 0).reverse();
  const order = [...folders, ...files].map(({ path }) => payloads.get(path) ?? Buffer.alloc(0));
  return Buffer.concat([plain.bytes.subarray(0, plain.streamOffset), ...order, plain.bytes.subarray(at)]);
}

describe('a whole image', () => {
  test('is accounted for to the last byte, and the account adds up', async () => {
    const report = await verify(image);
    expect(ImageVerifyReport.safeParse(report).success).toBe(true);
    expect([report.verdict, report.problems, report.order]).toEqual(['accounted', [], 'sorted']);
    expect(report.account.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(readFileSync(image).length);
    expect(report.account.find(({ from }) => from === 'distfiles')?.items).toBe(2);
    expect(report.configuration?.text).toContain('MIRRORS="http://mirror.example"');
  });

  test('is accounted for without the distfiles: their hashes are in the checkout', async () => {
    expect((await verify(image, false)).verdict).toBe('accounted');
  });

  test('may have more zeros behind it, as a drive has that it was written to', async () => {
    truncateSync(image, 40_000_000);
    expect(await verify(image)).toMatchObject({ verdict: 'accounted', sizeBytes: 40_000_000 });
    change(image, 39_999_999);
    const { verdict, problems } = await verify(image);
    expect([verdict, problems[0]?.offsetBytes, problems[0]?.region.kind]).toEqual([
      'different',
      39_999_999,
      'zeros',
    ]);
  });

  test('in another order is accounted for entry by entry', async () => {
    const other = join(folder, 'other.img');
    writeFileSync(other, reorder(await readPlainImage(image, fixtureStreamSector())));
    expect(await verify(other)).toMatchObject({ verdict: 'accounted', order: 'other', problems: [] });
  });

  test('built with overlays names them; a built-in one is compared with Seedbed’s own, not with the record', async () => {
    const overlay = join(folder, 'overlay');
    mkdirSync(join(overlay, 'steps', 'after'), { recursive: true });
    writeFileSync(join(overlay, 'steps', 'after', '90-mine.sh'), 'echo mine\n');
    const path = join(folder, 'overlaid.img');
    const recordPath = recordPathFor(path);
    const overlays = [{ builtIn: 'serial-shell' as const }, { folder: overlay }];
    await buildImage(bootstrapRequest(fixture, { overlays }), path, recordPath, { replace: false });
    const report = await verify(path);
    expect([report.problems, report.warnings.filter((text) => text.includes('overlay'))]).toEqual([
      [],
      [
        expect.stringContaining('judged by the record alone: steps/after/90-mine.sh'),
        expect.stringContaining('overlay serial-shell'),
      ],
    ]);
    // Somebody changes the built-in overlay's file and the record with it.
    const bytes = readFileSync(path);
    const at = bytes.indexOf('\n', bytes.indexOf('./steps/after/80-serial-shell.sh\n')) + 5;
    bytes[at] = 0x23;
    writeFileSync(path, bytes);
    const record = JSON.parse(readFileSync(recordPath, 'utf8')) as {
      overlays: { changes: { path: string; sha256: string }[] }[];
    };
    const entry = (await readPlainImage(path, fixtureStreamSector())).entries.find(({ path: name }) =>
      name.endsWith('80-serial-shell.sh'),
    );
    for (const { changes } of record.overlays)
      for (const change of changes)
        if (change.path.endsWith('80-serial-shell.sh')) change.sha256 = entry?.sha256 ?? '';
    writeFileSync(recordPath, JSON.stringify(record));
    expect((await verify(path)).problems).toMatchObject([
      { region: { path: './steps/after/80-serial-shell.sh' } },
    ]);
  });

  test('differs from a checkout with one byte more', async () => {
    writeFileSync(join(fixture.path, 'steps/env'), 'ENV=1\n\n');
    const [first] = (await verify(image)).problems;
    expect(first).toMatchObject({
      region: { path: './steps/env' },
      origin: { kind: 'checkout', path: 'steps/env' },
    });
  });
});

describe('what is told of a change', () => {
  test('in a distfile: the byte with the file at hand, the entry without', async () => {
    const plain = await readPlainImage(image, fixtureStreamSector());
    const at = plain.bytes.indexOf('beta beta') + 30_000;
    change(image, at);
    const [exact] = (await verify(image)).problems;
    expect(exact).toMatchObject({
      offsetBytes: at,
      exact: true,
      origin: { kind: 'distfile', name: 'beta-2.0.tar.xz' },
    });
    expect([exact?.found?.slice(0, 2), exact?.expected?.slice(0, 2)].sort()).toHaveLength(2);
    const [rough] = (await verify(image, false)).problems;
    expect([rough?.exact, rough?.region.path]).toEqual([false, './external/distfiles/beta-2.0.tar.xz']);
    expect(rough?.offsetBytes).toBeLessThanOrEqual(at);
  });

  test('in the boot sector and in stage2, where the image does not even start any more', async () => {
    change(image, 510);
    expect((await verify(image)).problems[0]).toMatchObject({
      offsetBytes: 510,
      region: { kind: 'boot-sector' },
      expected: expect.stringMatching(/^55aa/) as string,
    });
    change(image, 510);
    change(image, 700, 0);
    expect((await verify(image)).problems[0]).toMatchObject({ offsetBytes: 700, region: { kind: 'stage2' } });
  });

  test('an image that was cut short: where it ends, and what is missing there', async () => {
    const plain = await readPlainImage(image, fixtureStreamSector());
    const at = plain.bytes.indexOf('beta beta') + 30_000;
    truncateSync(image, at);
    const { verdict, problems } = await verify(image);
    expect([verdict, problems[0]?.region.path]).toEqual([
      'different',
      './external/distfiles/beta-2.0.tar.xz',
    ]);
  });

  test('an entry that is not in the checkout, and one that is there twice', async () => {
    const plain = await readPlainImage(image, fixtureStreamSector());
    const commandsAt = plain.bytes.indexOf(plain.commands, 0, 'latin1');
    for (const entry of ['src 3 ./steps/more\nabc', 'src 6 ./steps/env\nENV=1\n']) {
      const bytes = Buffer.concat([
        plain.bytes.subarray(0, commandsAt),
        Buffer.from(entry),
        plain.bytes.subarray(commandsAt),
      ]);
      const path = join(folder, 'longer.img');
      writeFileSync(path, bytes);
      const { problems } = await verify(path);
      expect([problems[0]?.offsetBytes, problems.length]).toEqual([commandsAt, 1]);
    }
  });
});

describe('500 single bytes changed at random', () => {
  async function judge(bytes: Buffer, expected: ExpectedBoot): Promise<BootVerdict> {
    const source = memorySource(bytes);
    const stream = await scanStream(source, expected.streamOffsetBytes);
    const entries = stream.entries.map((entry) => ({
      ...entry,
      sha256: createHash('sha256').update(bytes.subarray(entry.payloadAtBytes, entry.endBytes)).digest('hex'),
    }));
    return verifyBoot(source, { ...stream, entries }, expected, memoryThreads(bytes));
  }

  async function expectation(): Promise<ExpectedBoot> {
    const plain = await readPlainImage(image, fixtureStreamSector());
    const at = plain.bytes.indexOf('src 0 ./steps/beta-2.0\n');
    const cfgAt = plain.bytes.lastIndexOf('src ', plain.bytes.indexOf('ARCH=x86\n'));
    expect(at).toBeGreaterThan(0);
    const text = plain.bytes.toString(
      'latin1',
      plain.bytes.indexOf('\n', cfgAt) + 1,
      plain.bytes.indexOf('src ', cfgAt + 4),
    );
    return expectBoot(
      {
        checkoutPath: fixture.path,
        bootstrapCfg: text,
        goal: 'end',
        overlays: [],
        preseed: null,
        findDistfile: (name) => {
          const path = join(fixture.distfiles, name);
          return Promise.resolve({ path, sizeBytes: readFileSync(path).length });
        },
      },
      {},
    );
  }

  test.each(['as Seedbed orders it', 'in another order'])(
    'each is found, and what it belongs to named: %s',
    async (order) => {
      const expected = await expectation();
      const sorted = await readPlainImage(image, fixtureStreamSector());
      const path = join(folder, 'ordered.img');
      writeFileSync(path, order === 'in another order' ? reorder(sorted) : sorted.bytes);
      const plain = await readPlainImage(path, fixtureStreamSector());
      expect((await judge(plain.bytes, expected)).problems).toEqual([]);
      const random = randomNumbers(20_261_120);
      const wrong: unknown[] = [];
      for (const offset of placesToChange(plain, 500, random)) {
        const right = plain.bytes[offset] ?? 0;
        plain.bytes[offset] = right ^ (1 + random(255));
        const [first] = (await judge(plain.bytes, expected)).problems;
        plain.bytes[offset] = right;
        const named = first?.region.path ?? first?.region.kind;
        const inside =
          first !== undefined &&
          (first.offsetBytes === offset || (!first.exact && first.offsetBytes <= offset));
        if (named !== regionOfByte(plain, offset) || !inside)
          wrong.push({
            offset,
            is: regionOfByte(plain, offset),
            named,
            at: first?.offsetBytes,
            what: first?.what,
          });
      }
      expect(wrong).toEqual([]);
    },
  );
});
