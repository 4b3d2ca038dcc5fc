// Era B: builder-hex0 loads the source stream and compiles the seeds. A command's name stands on one line, its arguments on the next.
// Source of truth: builder-hex0 a2781242, builder-hex0-x86-stage2.hex0: src, hex0, internalshell, read_sectors_16 (read_error).
import { ascii, isAll } from './bytes.ts';
import { failHere } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';

const SRC = ascii('src');
const HEX0 = ascii('hex0');
const SEED = ascii('/bootstrap-seeds/POSIX/x86/kaem-optional-seed');
/** Seeds that live-bootstrap's stream tail compiles (lib/generator.py, create_builder_hex0_disk_image). */
const SEEDS = 3;

export const LOAD_RULES = [
  rule('src', readSrc),
  rule('hex0', readHex0),
  rule('/bootstrap-seeds/POSIX/x86/kaem-optional-seed', readSeedShell),
];

function isLoading(state: ReaderState): boolean {
  return state.era === 'load' || state.era === 'firmware' || state.era === null;
}

function readSrc(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  return isAll(bytes, start, end, SRC) && beginSrc(state);
}

function beginSrc(state: ReaderState): boolean {
  if (!isLoading(state)) return false;
  if (state.era !== 'load') {
    state.era = 'load';
    state.booted = true;
    state.setCutRows(true);
    state.suspect = null;
    addMilestone(state, 'src-first', 'builder-hex0 loads the source stream', state.line.offset);
  }
  state.diskPackets = 0;
  state.expects = 'src path';
  return true;
}

function readHex0(state: ReaderState): boolean {
  const { bytes, start, end, offset } = state.line;
  if (!isAll(bytes, start, end, HEX0) || !isLoading(state)) return false;
  state.era = 'load';
  state.expects = 'hex0 arguments';
  addMilestone(state, 'stream-loaded', `Source stream loaded: ${state.srcEntries} entries`, offset);
  return true;
}

function readSeedShell(state: ReaderState): boolean {
  const { bytes, start, end, offset } = state.line;
  if (!isAll(bytes, start, end, SEED) || !isLoading(state)) return false;
  state.era = 'load';
  state.expects = 'kaem script';
  addMilestone(state, 'seeds-compiled', 'The seeds are compiled', offset);
  return true;
}

/** The second line of a command. */
export function readExpected(state: ReaderState): void {
  const { bytes, start, end, offset, transient } = state.line;
  const { expects } = state;
  state.expects = 'nothing';
  if (expects === 'src path') {
    state.srcEntries += 1;
    state.srcPath.set(bytes, start, end, transient);
    return;
  }
  if (expects === 'hex0 arguments') {
    state.seeds += 1;
    if (state.seeds > SEEDS) return;
    const output = lineText(state).split(' ').at(-1) ?? '';
    addMilestone(
      state,
      `seed:${state.seeds}`,
      `Compiling seed ${state.seeds} of ${SEEDS}: ${output}`,
      offset,
    );
  }
}

/** `SS 1000…`: int 13h status and the disk address packet in hexadecimal, one behind the other without line ends. */
const PACKET = /([0-9A-F]{2}) (1000[0-9A-F]{28})/g;
const PACKETS_THEN_SRC = /^(?:[0-9A-F]{2} 1000[0-9A-F]{28})+src$/;
/** One or two failed reads may be a drive that needs a second try; builder-hex0 itself never gives up. */
const PACKETS_THAT_CONDEMN = 3;

/** `state.line` is a cut row of an unfinished line: a read that fails for ever never ends its line. */
export function readCutRow(state: ReaderState): void {
  if (state.failure !== null || !isLoading(state)) return;
  const packets = [...lineText(state, 100).matchAll(PACKET)];
  const [, status, packet] = packets[0] ?? [];
  if (status === undefined || packet === undefined) return;
  state.diskPackets += packets.length;
  if (state.diskPackets < PACKETS_THAT_CONDEMN) return;
  failHere(state, 'disk-read-error', packetWords(status, packet), state.recent.evidence(3));
}

/** A read that failed and then worked: the packet stands before the next command on the same line. */
export function readAfterPackets(state: ReaderState): boolean {
  if (state.era !== 'load' || state.line.end - state.line.start < 38) return false;
  return PACKETS_THEN_SRC.test(lineText(state)) && beginSrc(state);
}

/**
 * Packet: size, 0, sectors (2 bytes), buffer (4 bytes), first sector (8 bytes), little endian (EDD 3.0, int 13h AH=42h). The BIOS
 * overwrites the number of sectors, so that only the first sector tells where.
 */
function packetWords(status: string, packet: string): string {
  return `BIOS status 0x${status.toLowerCase()}, reading from sector ${littleEndian(packet.slice(16))} on`;
}

function littleEndian(hex: string): number {
  const bytes = hex.match(/../g) ?? [];
  return bytes.reduceRight((value, byte) => value * 256 + Number.parseInt(byte, 16), 0);
}
