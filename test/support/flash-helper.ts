// The real helper program for tests: built once a test file, started as the engine starts it, its answers read line by line.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildHelper } from '../../scripts/build-helper.mjs';
import { formatArguments } from '../../src/helper/arguments.ts';
import {
  CHUNK_BYTES,
  type HelperArguments,
  type HelperEvent,
  type HelperRequest,
} from '../../src/helper/protocol.ts';

export type Ended = {
  last: HelperEvent | null;
  events: HelperEvent[];
  status: number | null;
  stderr: string;
};

export interface RunningHelper {
  child: ChildProcess;
  send(...requests: (HelperRequest | string)[]): void;
  ended: Promise<Ended>;
  /** Kept when an event of that kind has come, for good when it ended before. */
  saw(isIt: (event: HelperEvent) => boolean): Promise<void>;
}

export type StartHelper = (
  argv: readonly string[],
  env?: Record<string, string>,
  flags?: readonly string[],
) => RunningHelper;

/** Call at the top of a test file. */
export function useHelper(): { start: StartHelper; path(): string } {
  let folder = '';
  let path = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seedbed-helper-'));
    path = await buildHelper(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: () => path,
    start: (argv, env = {}, flags = []) => startHelper([...flags, path, ...argv], env),
  };
}

function startHelper(words: readonly string[], env: Record<string, string>): RunningHelper {
  const child = spawn(process.execPath, words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const events: HelperEvent[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let rest = '';
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as HelperEvent));
    for (const check of waiting) check();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ last: events.at(-1) ?? null, events, status, stderr }));
  });
  return {
    child,
    ended,
    send: (...requests) => {
      for (const one of requests)
        child.stdin.write(`${typeof one === 'string' ? one : JSON.stringify(one)}\n`);
    },
    saw: (isIt) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (events.some(isIt)) resolve();
        };
        waiting.add(check);
        check();
        void ended.then(() => resolve());
      }),
  };
}

/** Bytes that no two places share. */
export function randomImage(sizeBytes: number): Buffer {
  return randomBytes(sizeBytes);
}

/** What the engine tells the helper about an image. */
export function requestsFor(image: Buffer): { requests: HelperRequest[]; chunksSha256: string } {
  const requests: HelperRequest[] = [];
  const all = createHash('sha256');
  for (let at = 0, index = 0; at < image.length; at += CHUNK_BYTES, index += 1) {
    const bytes = image.subarray(at, at + CHUNK_BYTES);
    const isZero = bytes.equals(Buffer.alloc(bytes.length));
    const hash = isZero ? Buffer.alloc(32) : createHash('sha256').update(bytes).digest();
    all.update(hash);
    requests.push(
      isZero
        ? { type: 'zeros', from: index, count: 1 }
        : { type: 'hashes', from: index, sha256: [hash.toString('hex')] },
    );
  }
  return { requests, chunksSha256: all.digest('hex') };
}

/** The argument vector for a device and an image, with changes. */
export function argumentsFor(
  device: { path: string; identity: HelperArguments['identity'] },
  image: { path: string; bytes: Buffer },
  changes: Partial<HelperArguments> = {},
): string[] {
  return formatArguments({
    mode: 'write',
    device: device.path,
    identity: device.identity,
    image: image.path,
    imageBytes: image.bytes.length,
    chunksSha256: requestsFor(image.bytes).chunksSha256,
    unmount: false,
    eject: false,
    ...changes,
  });
}
