// Boots a boot check's disk in QEMU under TCG, tied to the test, and gives what the console said.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBootCheckImage } from '../../src/engine/formats/boot-check.ts';
import { defaultBootCheckEntries } from '../../src/engine/formats/boot-check-entries.ts';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';

/** Far more than a boot takes on a busy machine: a boot that is not over by then hangs. */
const TIMEOUT_MILLISECONDS = 60_000;

/** A floppy disk has no int 13h extensions. */
export type Medium = 'ide' | 'ahci' | 'usb' | 'floppy';

export interface BootOptions {
  medium?: Medium;
  memoryMiB?: number;
  /** Further arguments. */
  args?: readonly string[];
  /** Without QEMU's debug exit the machine must switch itself off. */
  debugExit?: boolean;
  /** QEMU's block layer fails each read that touches this sector. `once`: only the first. */
  badSector?: { sector: number; once: boolean };
  /** Press the return key as soon as the console says this. */
  pressKeyAt?: string;
}

export interface Booted {
  /** QEMU's exit status; null when it hung and was killed. */
  status: number | null;
  /** Lines of the payload, from its title on; rows that the console cut at 80 columns are joined. */
  lines: string[];
}

const stage = (name: string): string =>
  readFileSync(new URL(`../../resources/boot-check/${name}.hex0`, import.meta.url), 'utf8');
export const STAGES = { stage1Text: stage('stage1'), stage2Text: stage('stage2') };

export function defaultImage(): ReturnType<typeof encodeBootCheckImage> {
  return encodeBootCheckImage({ ...STAGES, entries: defaultBootCheckEntries() });
}

/** A disk with stage1, stage2 (text) and any stream, well-formed or not; followed by zeros to 1 MiB. */
export function diskWith(stream: Uint8Array, stage2Text = STAGES.stage2Text): Uint8Array {
  const { bytes, regions } = encodeBootCheckImage({ ...STAGES, stage2Text, entries: [] });
  const place = regions.find(({ name }) => name === 'stream');
  if (place === undefined || place.offset + stream.length + 32768 > bytes.length) throw new Error('no room');
  bytes.fill(0, place.offset);
  bytes.set(stream, place.offset);
  return bytes;
}

/** stage2 with other machine code in some places: pairs of hexadecimal text, each found exactly once. Its last word is put right. */
export function patchStage2(...changes: readonly (readonly [from: RegExp, to: string])[]): string {
  let code = Buffer.from(assembleHex0(STAGES.stage2Text)).toString('hex');
  for (const [from, to] of changes) {
    const found = [...code.matchAll(new RegExp(from, 'g'))];
    const [match] = found;
    if (found.length !== 1 || match === undefined || match.index % 2 !== 0 || match[0].length !== to.length)
      throw new Error(`${String(from)} is not one place of ${to.length / 2} bytes`);
    code = `${code.slice(0, match.index)}${to}${code.slice(match.index + to.length)}`;
  }
  const bytes = Buffer.from(code, 'hex');
  let sum = 0;
  for (let at = 0; at + 2 < bytes.length; at += 2) sum += bytes.readUInt16LE(at);
  bytes.writeUInt16LE((0x5eed - sum) & 0xffff, bytes.length - 2);
  return `${bytes.toString('hex').replace(/(.{64})/g, '$1\n')}\n`;
}

/** `disk`: bytes, or the path of a block device. */
export async function boot(
  disk: Uint8Array | string,
  folder: string,
  options: BootOptions = {},
): Promise<Booted> {
  const image = typeof disk === 'string' ? disk : join(folder, 'boot, check.img');
  const console = join(folder, 'console.log');
  if (typeof disk !== 'string') writeFileSync(image, disk);
  writeFileSync(console, '');
  const serial = (): string => readFileSync(console, 'latin1');
  const child = spawn('qemu-system-x86_64', argumentsFor(image, options), { cwd: folder });
  let said = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.on('error', () => undefined);
  const { pressKeyAt } = options;
  const watch = setInterval(() => {
    if (pressKeyAt !== undefined && serial().includes(pressKeyAt)) child.stdin.write('sendkey ret\n');
  }, 100);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MILLISECONDS);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code));
    });
    if (status === 1) throw new Error(`QEMU refused: ${said}`);
    return { status, lines: payloadLines(serial()) };
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

function argumentsFor(image: string, options: BootOptions): string[] {
  const { medium = 'ide', memoryMiB = 4096, debugExit = true, args = [] } = options;
  return [
    ...['-accel', 'tcg', '-machine', 'pc,graphics=off', '-m', `${memoryMiB}M`, '-display', 'none'],
    ...[
      '-no-reboot',
      '-nic',
      'none',
      '-parallel',
      'none',
      '-monitor',
      'stdio',
      '-serial',
      'file:console.log',
    ],
    ...(debugExit ? ['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'] : []),
    ...['-blockdev', blockdev(image, options.badSector)],
    ...{
      ide: ['-device', 'ide-hd,drive=disk,bus=ide.0'],
      ahci: ['-device', 'ahci,id=ahci', '-device', 'ide-hd,drive=disk,bus=ahci.0'],
      usb: ['-device', 'qemu-xhci', '-device', 'usb-storage,drive=disk'],
      floppy: ['-device', 'floppy,drive=disk'],
    }[medium],
    ...args,
  ];
}

function blockdev(image: string, badSector: BootOptions['badSector']): string {
  const path = image.replaceAll(',', ',,');
  const driver = path.startsWith('/dev/') ? 'host_device' : 'file';
  if (badSector === undefined) return `driver=raw,node-name=disk,file.driver=${driver},file.filename=${path}`;
  const error = 'inject-error.0';
  return [
    `driver=blkdebug,node-name=disk,image.driver=raw,image.file.driver=file,image.file.filename=${path}`,
    `${error}.event=none,${error}.iotype=read,${error}.errno=5`,
    `${error}.sector=${badSector.sector},${error}.once=${badSector.once ? 'on' : 'off'}`,
  ].join(',');
}

/** CRLF lines from the title on; a row of 80 characters goes on in the next one. */
function payloadLines(serial: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const row of serial.split(/\r?\n/)) {
    line += row;
    if (row.length === 80) continue;
    lines.push(line);
    line = '';
  }
  const title = lines.findIndex((text) => text.startsWith('Seedbed boot check'));
  return title < 0 ? [] : lines.slice(title).filter((text) => text.trim() !== '');
}
