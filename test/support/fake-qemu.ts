// A fake QEMU: an executable whose console, monitor and end are written down in a scenario. It stands at the edge where the real one would be started.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { StartableImage } from '../../src/engine/run/runs.ts';
import type { BootCheckEntry, Goal } from '../../src/shared/model/console.ts';
import type { Image } from '../../src/shared/model/image.ts';
import { bundleProgram } from './bundle.ts';
import { bootCheckConsole } from './consoles.ts';

export interface FakeQemuScenario {
  version?: string;
  /** What the serial port prints, in so many pieces, each after a pause. */
  console?: string | Uint8Array;
  pieces?: number;
  pieceMilliseconds?: number;
  /** After the console: end with a status (the default), or live on like a guest that idles. */
  end?: 'exit' | 'stay';
  exitStatus?: number;
  /** Written to standard error at the start. */
  stderr?: string;
  /** End with this status before anything else. */
  exitAtOnce?: number;
  ignoreQuit?: boolean;
  ignoreTerm?: boolean;
  noMonitor?: boolean;
  runState?: 'running' | 'internal-error' | 'io-error';
  /** With `-accel kvm`: fail as a broken KVM does, hang without a word, or fail in the run after a good probe. */
  kvm?: 'broken' | 'silent' | 'broken-later';
  environmentFile?: string;
}

/** Bundle the program once for a test file: call in its top level. */
export function useFakeQemu(): (folder: string, scenario?: FakeQemuScenario) => string {
  let programs = '';
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), 'seedbed-fake-qemu-'));
    await bundleProgram('fake-qemu-program.ts', programs);
  });
  afterAll(() => rmSync(programs, { recursive: true, force: true }));
  return (folder, scenario = {}) => createFakeQemu(join(programs, 'fake-qemu-program.mjs'), folder, scenario);
}

/** Write the executable into `folder`; its path goes into SEEDBED_QEMU. */
function createFakeQemu(program: string, folder: string, scenario: FakeQemuScenario): string {
  const home = join(folder, 'fake-qemu');
  mkdirSync(home, { recursive: true });
  const { console = bootCheckConsole({ entries: FAKE_ENTRIES, verdict: 'passed' }), ...rest } = scenario;
  const consolePath = join(home, 'console');
  writeFileSync(consolePath, console);
  const scenarioPath = join(home, 'scenario.json');
  writeFileSync(scenarioPath, JSON.stringify({ ...rest, consolePath }));
  const path = join(home, 'qemu');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${scenarioPath}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

export const FAKE_ENTRIES: BootCheckEntry[] = [
  { path: '/hello', sizeBytes: 5, crc32: '3610a686' },
  { path: '/world', sizeBytes: 7, crc32: '0badcafe' },
];

const DATA_BYTES = 70_000;
const SIZE_BYTES = 1_048_576;

/** A file with the record of an image: not bootable, but every run can copy it. */
export function createFakeImage(folder: string, goal: Goal = 'boot-check'): StartableImage & Image {
  const data = Buffer.alloc(DATA_BYTES, 'seed');
  const path = join(folder, `image-${goal}.img`);
  writeFileSync(path, Buffer.concat([data, Buffer.alloc(SIZE_BYTES - DATA_BYTES)]));
  const sha256 = (from: number, to: number): string =>
    createHash('sha256').update(data.subarray(from, to)).digest('hex');
  const region = (name: 'boot-sector' | 'stream', from: number, to: number) => ({
    name,
    offsetBytes: from,
    lengthBytes: to - from,
    sha256: sha256(from, to),
  });
  return {
    id: `image-${goal}`,
    path,
    record: {
      version: 1,
      kind: goal === 'boot-check' ? 'boot-check' : 'kernel-bootstrap',
      goal,
      inputDigest: 'a'.repeat(64),
      sha256: sha256(0, DATA_BYTES),
      sizeBytes: SIZE_BYTES,
      dataBytes: DATA_BYTES,
      regions: [region('boot-sector', 0, 512), region('stream', 512, DATA_BYTES)],
      budgets: [],
      entries: { directories: 0, files: FAKE_ENTRIES.length, payloadBytes: 12, streamBytes: 100 },
      checkout: null,
      bootstrapCfg: null,
      distfiles: [],
      expectedBootCheck: goal === 'boot-check' ? FAKE_ENTRIES : [],
      warnings: [],
    },
  };
}
