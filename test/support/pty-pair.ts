// A serial port without a cable: a pseudo-terminal whose other end the test holds, made by python3 (os.openpty), so that "unplugged" is the end of one process.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { afterEach } from 'vitest';

export const hasPython: boolean = spawnSync('python3', ['-c', 'import os, tty']).status === 0;

/** First line out: the port's path. Then both ways until standard input ends. The near end stays open, so that the port waits for whoever opens it. */
const PROGRAM = `
import os, sys, select, tty
near, far = os.openpty()
tty.setraw(far)
os.write(1, (os.ttyname(far) + "\\n").encode())
while True:
    for ready in select.select([0, near], [], [])[0]:
        data = os.read(ready, 4096)
        if ready == 0 and not data: sys.exit(0)
        os.write(1 if ready == near else near, data)
`;

export interface FakeMachine {
  /** What the machine prints. */
  print(text: string): void;
  /** What was typed into it so far. */
  typed(): string;
  /** Pull the cable. */
  unplug(): Promise<void>;
}

/** Call in a test file's top level: gives a function that plugs a machine in behind `link`, a path that leads to its port. */
export function useFakeMachines(): (link: string) => Promise<FakeMachine> {
  const children: ChildProcessByStdio<Writable, Readable, null>[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
  });
  return async (link) => {
    const child = spawn('python3', ['-u', '-c', PROGRAM], { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(child);
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8');
    let text = '';
    child.stdout.on('data', (piece: string) => (text += piece));
    while (!text.includes('\n')) await once(child.stdout, 'data');
    const [port = ''] = text.split('\n');
    rmSync(link, { force: true });
    symlinkSync(port, link);
    return {
      print: (words) => void child.stdin.write(words),
      typed: () => text.slice(port.length + 1),
      async unplug() {
        if (readlinkSync(link) === port) rmSync(link);
        await end(child);
      },
    };
  };
}

async function end(child: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin.end();
  await gone;
}
