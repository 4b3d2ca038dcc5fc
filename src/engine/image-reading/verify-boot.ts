// Accounts for every byte of a boot image: stages, entries in whatever order, commands and zeros are derived again from the sources and compared.
import type { ImageProblem } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import type { RangeThreads } from '../bytes/range-threads.ts';
import { encodeAscii } from '../formats/ascii.ts';
import { BUILDER_HEX0_LIMITS, SECTOR_SIZE } from '../formats/builder-hex0.ts';
import { encodeCommand, encodeSrcHeader } from '../formats/srcfs.ts';
import { type Alignment, alignStream, nearestLine, type HashedEntry, type Pair } from './align-stream.ts';
import type { ExpectedBoot } from './expect-boot.ts';
import { type Difference, differsFrom, differsFromSegment, shownAt } from './first-difference.ts';
import { generated, originOfFile } from './origins.ts';
import { STAGE1_FILE, STAGE2_FILE } from '../image/read-stages.ts';
import type { ScannedStream } from './scan-stream.ts';
import {
  type Account,
  accountOf,
  createLedger,
  type Ledger,
  nounOf,
  plain,
  regionOfEntry,
} from './verify-ledger.ts';

/** "src ", up to 15 digits, a space, a path and its end. */
const LONGEST_LINE_BYTES = BUILDER_HEX0_LIMITS.pathBytes + 21;

export interface BootVerdict {
  problems: ImageProblem[];
  account: Account;
  order: 'sorted' | 'other';
}

export interface HashedStream extends Omit<ScannedStream, 'entries'> {
  entries: HashedEntry[];
}

/** `stream` was read from where `expected` says that it starts. Throws FILE_CHANGED, CANCELLED. */
export async function verifyBoot(
  source: OpenSource,
  stream: HashedStream,
  expected: ExpectedBoot,
  threads: RangeThreads,
): Promise<BootVerdict> {
  const ledger = createLedger();
  await verifyHead(source, expected, ledger);
  const alignment = alignStream(stream.entries, expected.entries);
  for (const pair of alignment.pairs) await verifyEntry(source, pair, ledger);
  for (const entry of alignment.strangers) {
    const problem = {
      offsetBytes: entry.headerAtBytes,
      exact: true,
      what: `${entry.path} is not in the checkout, or stands here a second time.`,
    };
    ledger.problem({
      ...problem,
      region: regionOfEntry(entry),
      origin: null,
      expected: null,
      found: await shownAt(source, entry.headerAtBytes),
    });
  }
  const endBytes = stream.entries.at(-1)?.endBytes ?? stream.fromBytes;
  if (alignment.missing.length > 0) await reportMissing(source, stream, endBytes, alignment, ledger);
  else await verifyTail(source, endBytes, expected, threads, ledger);
  return {
    problems: ledger.problems.sort((a, b) => a.offsetBytes - b.offsetBytes),
    account: ledger.account(),
    order: alignment.isSorted ? 'sorted' : 'other',
  };
}

async function verifyHead(source: OpenSource, expected: ExpectedBoot, ledger: Ledger): Promise<void> {
  const { bootSector, stage2Text, streamOffsetBytes, facts } = expected;
  const textEnd = SECTOR_SIZE + stage2Text.length;
  const parts = [
    {
      kind: 'boot-sector',
      label: 'boot sector (stage1)',
      at: 0,
      bytes: bootSector,
      from: 'checkout',
      origin: originOfFile(facts, STAGE1_FILE),
    },
    {
      kind: 'stage2',
      label: 'stage2, hex0 text',
      at: SECTOR_SIZE,
      bytes: stage2Text,
      from: 'checkout',
      origin: originOfFile(facts, STAGE2_FILE),
    },
    {
      kind: 'padding',
      label: 'zeros up to the source stream',
      at: textEnd,
      bytes: new Uint8Array(streamOffsetBytes - textEnd),
      from: 'zeros',
      origin: generated('zeros'),
    },
  ] as const;
  for (const { kind, label, at, bytes, from, origin } of parts) {
    const difference = await differsFrom(source, at, bytes);
    if (difference === null) ledger.add(from, bytes.length);
    else
      ledger.problem({
        ...difference,
        exact: true,
        region: { kind, label, path: null, offsetBytes: at, lengthBytes: bytes.length },
        what: `The ${kind === 'padding' ? 'padding' : label} is not what the checkout gives.`,
        origin,
      });
  }
}

async function verifyEntry(
  source: OpenSource,
  { entry, expected, isNamed }: Pair,
  ledger: Ledger,
): Promise<void> {
  const { origin, content } = expected;
  const sameBytes =
    entry.sha256 === expected.sha256 && (expected.sizeBytes ?? entry.sizeBytes) === entry.sizeBytes;
  const header = encodeSrcHeader({ path: expected.path, sizeBytes: expected.sizeBytes ?? entry.sizeBytes });
  const headerBytes = entry.payloadAtBytes - entry.headerAtBytes;
  const lengthBytes = header.length + (expected.sizeBytes ?? entry.sizeBytes);
  const region = regionOfEntry({ ...entry, path: expected.path }, lengthBytes);
  // The same name, size and length of line: the same line.
  const sameHeader =
    isNamed && headerBytes === header.length && (sameBytes || entry.sizeBytes === expected.sizeBytes);
  if (sameHeader && sameBytes) {
    ledger.add(accountOf(origin), entry.endBytes - entry.headerAtBytes);
    return;
  }
  const knowsSize = sameBytes || expected.sizeBytes !== null;
  const inHeader = knowsSize ? await differsFrom(source, entry.headerAtBytes, header) : null;
  if (inHeader !== null) {
    const what = isNamed
      ? `The line before ${entry.path} is not the one that the checkout gives.`
      : `Here ${expected.path} should begin.`;
    ledger.problem({ ...inHeader, exact: true, region, what, origin });
    return;
  }
  const at = knowsSize ? entry.payloadAtBytes : entry.headerAtBytes;
  const inBytes = content === null ? null : await differsFromSegment(source, entry.payloadAtBytes, content);
  const where: Difference = inBytes ?? { offsetBytes: at, found: await shownAt(source, at), expected: null };
  const what = `${expected.path} is not the file that ${nounOf(origin)}: its sha256 is ${entry.sha256}, not ${expected.sha256}.`;
  ledger.problem({ ...where, exact: inBytes !== null, region, what, origin });
}

/** The stream ends or breaks before everything was there: where, and what should stand there. */
async function reportMissing(
  source: OpenSource,
  stream: HashedStream,
  endBytes: number,
  { missing, due: next }: Alignment,
  ledger: Ledger,
): Promise<void> {
  const [first] = missing;
  const count = missing.length > 1 ? ` and ${missing.length - 1} more entries are` : ' is';
  const reason = stream.failure === null ? '' : ` The stream cannot be read on: ${stream.failure}`;
  const standing = new Uint8Array(LONGEST_LINE_BYTES);
  await source.read(standing, endBytes);
  const due = nearestLine(standing, missing) ?? next;
  const expected = due === null ? null : encodeSrcHeader({ path: due.path, sizeBytes: due.sizeBytes ?? 0 });
  // Of a distfile whose size is not known only the beginning of the line is.
  const known = due?.sizeBytes === null ? encodeAscii('src ') : expected;
  const difference = known === null ? null : await differsFrom(source, endBytes, known);
  const path = due?.path ?? null;
  const lengthBytes = (expected?.length ?? 0) + (due?.sizeBytes ?? 0);
  ledger.problem({
    offsetBytes: difference?.offsetBytes ?? endBytes,
    found: difference?.found ?? (await shownAt(source, endBytes)),
    expected: difference?.expected ?? null,
    exact: difference !== null,
    region: {
      kind: path === null ? 'commands' : 'entry',
      label: path ?? 'end of the source stream',
      path,
      offsetBytes: endBytes,
      lengthBytes: Math.max(1, Math.min(lengthBytes, source.sizeBytes - endBytes)),
    },
    what: `${first?.path ?? ''}${count} missing.${reason}`,
    origin: due?.origin ?? first?.origin ?? null,
  });
}

/** Commands, and zeros to the end of the file or device. */
async function verifyTail(
  source: OpenSource,
  endBytes: number,
  expected: ExpectedBoot,
  threads: RangeThreads,
  ledger: Ledger,
): Promise<void> {
  const commands = Buffer.concat(expected.commands.map(encodeCommand));
  const origin = generated('live-bootstrap’s generator');
  const inCommands = await differsFrom(source, endBytes, commands);
  if (inCommands === null) ledger.add('generated', commands.length);
  else {
    const region = plain('commands', 'commands behind the entries', endBytes, commands.length);
    ledger.problem({
      ...inCommands,
      exact: true,
      region,
      what: 'The commands behind the entries are other ones.',
      origin,
    });
  }
  const zerosAt = endBytes + commands.length;
  const nonZero = await threads.firstNonZero({ fromBytes: zerosAt, toBytes: source.sizeBytes });
  if (nonZero === null) ledger.add('zeros', Math.max(0, source.sizeBytes - zerosAt));
  else
    ledger.problem({
      offsetBytes: nonZero,
      exact: true,
      found: await shownAt(source, nonZero),
      expected: '00',
      region: plain('zeros', 'zeros behind the stream', zerosAt, source.sizeBytes - zerosAt),
      what: 'Behind the stream there should be nothing but zeros; a machine that ran from this disk may have written there.',
      origin: generated('zeros'),
    });
}
