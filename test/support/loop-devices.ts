// Loop devices of a test's own: made over a file in its folder, gone when it ends. Never any other device.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { formatDeviceNumber } from '../../src/helper/device-facts.ts';
import type { ExpectedIdentity } from '../../src/helper/protocol.ts';

/** tmpfs, on every Linux. */
const IN_MEMORY = '/dev/shm';
const REQUIRED = process.env['REQUIRE_TOOLS'] === '1';

/** A reason to skip; null where loop devices can be made. Throws when tools are required. */
export function loopMissing(): string | null {
  const isRoot = process.getuid?.() === 0;
  const found = isRoot ? spawnSync('losetup', ['--find'], { encoding: 'utf8' }) : null;
  if (found?.status === 0) return null;
  const why = isRoot ? 'losetup finds no free loop device' : 'loop devices need root';
  if (REQUIRED) throw new Error(`REQUIRE_TOOLS=1, but ${why}`);
  return why;
}

export function loopTitle(title: string): string {
  const missing = loopMissing();
  return missing === null ? title : `${title} [SKIPPED: ${missing}]`;
}

export interface LoopDevice {
  path: string;
  backing: string;
  identity: ExpectedIdentity;
  detach(): void;
}

/** Call at the top of a test file. Gives a function that makes devices; after each test they are detached. Temporary folders lie in memory meanwhile: flushing to a busy disk takes seconds. */
export function useLoopDevices(): (folder: string, sizeBytes: number, name?: string) => LoopDevice {
  const made: LoopDevice[] = [];
  const before = process.env['TMPDIR'];
  beforeAll(() => {
    if (existsSync(IN_MEMORY)) process.env['TMPDIR'] = IN_MEMORY;
  });
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  afterEach(() => {
    for (const loop of made.splice(0)) loop.detach();
  });
  return (folder, sizeBytes, name = 'drive.img') => {
    const backing = join(folder, name);
    const fd = openSync(backing, 'a');
    ftruncateSync(fd, sizeBytes);
    closeSync(fd);
    const path = run('losetup', ['--find', '--show', backing]).trim();
    let attached = true;
    const loop: LoopDevice = {
      path,
      backing,
      identity: identityOf(path),
      detach() {
        if (attached) run('losetup', ['--detach', path]);
        attached = false;
      },
    };
    made.push(loop);
    return loop;
  };
}

/** What the kernel says of a device now. */
export function identityOf(path: string): ExpectedIdentity {
  const majorMinor = formatDeviceNumber(statSync(path).rdev);
  const read = (name: string): number => Number(readFileSync(`/sys/dev/block/${majorMinor}/${name}`, 'utf8'));
  return {
    majorMinor,
    sizeBytes: read('size') * 512,
    diskseq: read('diskseq'),
    serial: null,
    wwn: null,
    model: null,
  };
}

/** Run a program that must go well. */
export function run(program: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}
