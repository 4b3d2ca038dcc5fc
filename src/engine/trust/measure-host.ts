// What can be measured of this host and of Seedbed: versions, and hashes of files that a run rests on. Nothing here fails: what cannot be read is not known.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { arch, cpus, release, type } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { AppFacts, HostFacts, MeasuredFile } from '../formats/trust/facts.ts';
import { runProgram } from '../spawn.ts';
import { SEEDBED_VERSION } from '../version.ts';

export async function hostFacts(): Promise<HostFacts> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const [osRelease, cpuinfo] = [await read('/etc/os-release'), await read('/proc/cpuinfo')];
  const dmi = await Promise.all(
    ['bios_vendor', 'bios_version', 'bios_date'].map((name) => read(`/sys/class/dmi/id/${name}`)),
  );
  const firmware = dmi
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join(', ');
  const vendor = field(cpuinfo, 'vendor_id');
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    system: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? process.platform,
    kernel: `${type()} ${release()}`,
    architecture: arch(),
    cpu: [model === '' ? 'unknown processor' : model, vendor === null ? '' : `(${vendor})`]
      .filter((text) => text !== '')
      .join(' '),
    microcode: field(cpuinfo, 'microcode'),
    firmware: firmware === '' ? null : firmware,
  };
}

/** proc(5): `name<tab>: value`, the first processor's. */
function field(cpuinfo: string, name: string): string | null {
  return new RegExp(`^${name}\\s*: (.+)$`, 'm').exec(cpuinfo)?.[1]?.trim() ?? null;
}

export async function appFacts(): Promise<AppFacts> {
  const lockfile = await findUpwards('package-lock.json', dirname(fileURLToPath(import.meta.url)));
  // Under plain Node there is none; Node's types do not say so.
  const versions: Partial<Record<string, string>> = process.versions;
  return {
    version: SEEDBED_VERSION,
    node: process.versions.node,
    electron: versions['electron'] ?? null,
    lockfile: lockfile === null ? null : await hashFile(lockfile),
  };
}

/** Beside package.json, in a folder above the program. */
async function findUpwards(name: string, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await isThere(join(folder, 'package.json')))
      return (await isThere(join(folder, name))) ? join(folder, name) : null;
    if (dirname(folder) === folder) return null;
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** sha256, or null for what cannot be read. */
export async function hashFile(path: string): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return null;
  }
}

/** `since`: when the run began. A file whose content or whose inode changed later need not be the one that ran. Null for a file that is not there. */
export async function measureFile(path: string, since: string | null): Promise<MeasuredFile | null> {
  const facts = await stat(path).catch(() => null);
  if (facts === null) return null;
  const changedSince = since === null ? null : facts.ctimeMs > Date.parse(since);
  return { path: await realpath(path).catch(() => path), sha256: await hashFile(path), changedSince };
}

/** What the machine `pc` starts with and what its kernel loader, network card and screen bring along (QEMU hw/i386/pc.c, hw/net/e1000.c). */
const FIRMWARE = ['bios-256k.bin', 'linuxboot_dma.bin', 'efi-e1000.rom', 'vgabios-stdvga.bin'] as const;

/** Files of the firmware in the folders that this QEMU searches (`-L help`), the first of each name, as QEMU itself looks. */
export async function measureFirmware(
  qemu: string,
  {
    withKernel,
    withNetwork,
    since,
    env,
  }: { withKernel: boolean; withNetwork: boolean; since: string | null; env: NodeJS.ProcessEnv },
): Promise<MeasuredFile[]> {
  const { stdout } = await runProgram(qemu, ['-L', 'help'], { env }).catch(() => ({ stdout: '' }));
  const folders = stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('/'));
  const found: MeasuredFile[] = [];
  for (const name of FIRMWARE) {
    if (name === 'linuxboot_dma.bin' && !withKernel) continue;
    if (name === 'efi-e1000.rom' && !withNetwork) continue;
    for (const folder of folders) {
      const file = await measureFile(join(folder, name), since);
      if (file === null) continue;
      found.push(file);
      break;
    }
  }
  return found;
}
