// Consoles made to order: what SeaBIOS, builder-hex0, stage0 and the boot check would print, for any entries and commands.
// Shaped after runs of QEMU 7.2 (rows of 79, 80, 81 and 160 columns printed by a boot sector; stage0-qemu-tcg.log in the shared data).
import { existsSync, readFileSync } from 'node:fs';
import type { BootCheckEntry } from '../../src/shared/model/console.ts';

const COLUMNS = 80;
/** What SeaBIOS's serial console sends first: reset, no autowrap, clear, default colours. */
const CLEAR = '\u001bc\u001b[?7l\u001b[2J\u001b[0m';

/** The 19 tools of stage0-posix's x86.answers, in its order. */
export const STAGE0_TOOLS = [
  'blood-elf',
  'catm',
  'chmod',
  'cp',
  'get_machine',
  'hex2',
  'kaem',
  'M1',
  'M2-Mesoplanet',
  'M2-Planet',
  'match',
  'mkdir',
  'replace',
  'rm',
  'sha256sum',
  'ungz',
  'unbz2',
  'unxz',
  'untar',
];

export const FIRMWARE_LINES = ['SeaBIOS (version 1.16.2-debian-1.16.2-1)', '', 'Booting from Hard Disk...'];

/**
 * Lines as the firmware's text mode sends them: the screen cleared first, rows cut at 80 columns, CR LF behind each, LF alone for an
 * empty row, and an empty row behind a line that fills its last row.
 */
export function renderBiosConsole(lines: readonly string[]): string {
  return CLEAR + lines.map(biosLine).join('');
}

function biosLine(line: string): string {
  const characters = Array.from(line);
  let out = '';
  for (let at = 0; at < characters.length; at += COLUMNS)
    out += `${characters.slice(at, at + COLUMNS).join('')}\r\n`;
  return characters.length % COLUMNS === 0 ? `${out}\n` : out;
}

/** Lines as a kernel writes them to the port: nothing cut. */
export function renderKernelConsole(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

export interface Stage0Console {
  /** Paths of the source stream. */
  entries: readonly string[];
  /**
   * Where it goes wrong: `answer` a stage0 tool has another sum, `command` a command fails before the tools are checked, `generator`
   * script-generator has another sum, `distfile` and `missing` the first distfile does. null: it goes on to the first builds.
   */
  fail?: 'answer' | 'command' | 'generator' | 'distfile' | 'missing' | null;
  /** Tool that fails with `answer`. */
  tool?: string;
}

/** A QEMU run from power-on through eras A to E. */
export function stage0Console(options: Stage0Console): string {
  return renderBiosConsole(stage0Lines(options));
}

/** The same before it is cut into rows. */
export function stage0Lines({ entries, fail = null, tool = 'catm' }: Stage0Console): string[] {
  const lines = [...FIRMWARE_LINES, ...loadLines(entries), ...seedLines()];
  if (fail === 'command') return [...lines, ...abortLines(3)];
  const ends = fail === 'answer';
  for (const name of STAGE0_TOOLS) lines.push(...checkLines(`x86/bin/${name}`, !ends || name !== tool));
  if (ends) return [...lines, ...abortLines(3)];
  lines.push(
    command('exec ./x86/bin/kaem --verbose --strict --file ./after.kaem'),
    ' +> set -ex',
    command('kaem --file seed-full.kaem'),
    ...checkLines('configurator', true),
    command('./configurator /steps/configurator'),
    ...checkLines('script-generator', fail !== 'generator'),
  );
  if (fail === 'generator') return [...lines, ...abortLines(4)];
  lines.push(
    command('./script-generator /steps/manifest'),
    command('kaem --file /steps/0.sh'),
    command('UPDATE_CHECKSUMS=False'),
    ...packageLines('checksum-transcriber-1.0', 1),
    ...checkLines('/usr/bin/checksum-transcriber', true),
    command('cd ..'),
    ...packageLines('mes-0.27.1', 1),
    command('sha256sum -c sources.SHA256SUM'),
  );
  const distfile = '/external/distfiles/mes-0.27.1.tar.gz';
  if (fail === 'missing') return [...lines, `${distfile}: No such file or directory`, ...abortLines(5)];
  lines.push(...checkLines(distfile, fail !== 'distfile'));
  return fail === 'distfile' ? [...lines, ...abortLines(5)] : [...lines, command('mkdir build src')];
}

function loadLines(entries: readonly string[]): string[] {
  const seeds = '/bootstrap-seeds/POSIX/x86';
  return [
    ...entries.flatMap((path) => ['src', path]),
    ...['hex0', `/x86/hex0_x86.hex0 ${seeds}/hex0-seed`],
    ...['hex0', `/x86/kaem-minimal.hex0 ${seeds}/kaem-optional-seed`],
    ...['hex0', '/x86/kaem-minimal.hex0 /init'],
    ...[`${seeds}/kaem-optional-seed`, '/kaem.x86'],
  ];
}

function seedLines(): string[] {
  return [
    command('./bootstrap-seeds/POSIX/x86/hex0-seed ./x86/hex0_x86.hex0 ./x86/artifact/hex0'),
    command('./x86/artifact/kaem-0 ./x86/mescc-tools-mini-kaem.kaem'),
    command('./x86/bin/kaem --verbose --strict --file ./x86/kaem.run'),
    command('./x86/bin/kaem --verbose --strict --file x86/mescc-tools-full-kaem.kaem'),
    command('../x86/bin/kaem --verbose --strict --file mescc-tools-extra.kaem'),
    'reading file: <stdio.h>',
    command('./x86/bin/sha256sum -c x86.answers'),
  ];
}

export function packageLines(name: string, pass: number): string[] {
  return [
    command(`pkg=${name}`),
    command(`cd ${name}`),
    command(`kaem --file pass${pass}.kaem`),
    ' +> set -ex',
  ];
}

/** kaem echoes a command with a space behind each word. */
export function command(text: string): string {
  return ` +> ${text} `;
}

export const WANTED = 'ab'.repeat(32);
export const RECEIVED = '01'.repeat(32);

export function checkLines(file: string, ok: boolean): string[] {
  return ok ? [`${file}: OK`] : [`${file}: FAILED`, `Wanted:   ${WANTED}`, `Received: ${RECEIVED}`];
}

/** Every kaem up to the first one gives up, then builder-hex0 does. */
export function abortLines(levels: number): string[] {
  const pairs = Array.from({ length: levels }, (_, index) => [
    index === levels - 1 ? 'Subprocess error' : 'Subprocess error 1',
    'ABORTING HARD',
  ]);
  return [...pairs.flat(), 'Build finished.', 'ERROR: no hda writes!'];
}

export interface BootCheckConsole {
  entries: readonly BootCheckEntry[];
  /** `passed`, `failed <reason>`, or null for a console that ends before its verdict. */
  verdict: string | null;
}

/** A boot check from power-on to its verdict. */
export function bootCheckConsole({ entries, verdict }: BootCheckConsole): string {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return renderBiosConsole([
    ...FIRMWARE_LINES,
    'Seedbed boot check 1',
    'disk: int 13h extensions ok',
    'a20: ok',
    'memory: 3071 MiB contiguous from 1 MiB',
    'interrupt: int 0x80 ok',
    'probe: ok',
    ...entries.map(({ path, sizeBytes, crc32 }) => `entry ${sizeBytes} ${crc32} ${path}`),
    `stream: ${entries.length} entries, ${bytes} bytes, crc32 00000000`,
    ...(verdict === null ? [] : [`verdict: ${verdict}`]),
  ]);
}

/** Real logs that are not part of the repository: beside it, where the development machines keep them. */
const REAL_LOGS = new URL('../../../shared/data/serial/', import.meta.url);
export const hasRealLogs: boolean = existsSync(REAL_LOGS);

export function realLog(name: string): Uint8Array {
  return readFileSync(new URL(name, REAL_LOGS));
}
