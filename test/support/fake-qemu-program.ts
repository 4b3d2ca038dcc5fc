// A program that behaves like QEMU towards Seedbed: takes its arguments, serves QMP on a socket, writes a scripted console.
// Started by the executable that fake-qemu.ts writes; arguments: a scenario file, then QEMU's own.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeQemuScenario } from './fake-qemu.ts';

type Scenario = Omit<FakeQemuScenario, 'console'> & { consolePath: string };

const FOR_EVER_MILLISECONDS = 3_600_000;
const [scenarioPath = '', ...args] = process.argv.slice(2);
const scenario = JSON.parse(readFileSync(scenarioPath, 'utf8')) as Scenario;

function valueOf(option: string): string {
  return args[args.indexOf(option) + 1] ?? '';
}

async function main(): Promise<void> {
  if (args.includes('--version')) {
    process.stdout.write(`QEMU emulator version ${scenario.version ?? '7.2.22'} (made up)\n`);
    return;
  }
  if (scenario.ignoreTerm === true) process.on('SIGTERM', () => undefined);
  if (scenario.stderr !== undefined) process.stderr.write(scenario.stderr);
  if (scenario.environmentFile !== undefined)
    writeFileSync(scenario.environmentFile, JSON.stringify(process.env));
  if (scenario.exitAtOnce !== undefined) process.exit(scenario.exitAtOnce);
  const isProbe = valueOf('-serial') === 'stdio';
  const kvm = valueOf('-accel') === 'kvm' ? scenario.kvm : undefined;
  const later = kvm === 'broken-later' || kvm === 'paused-later';
  const breaks = kvm === 'broken' || (later && !isProbe);
  if (!isProbe && scenario.noMonitor !== true)
    serveMonitor(breaks ? 'internal-error' : (scenario.runState ?? 'running'));
  if (breaks && kvm !== 'paused-later') {
    await sleep(scenario.pieceMilliseconds ?? 0);
    process.stderr.write('KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000001\n');
  } else if (kvm !== 'silent' && !breaks) {
    await printConsole(isProbe);
    if (scenario.end !== 'stay') process.exit(scenario.exitStatus ?? 0);
  }
  await sleep(FOR_EVER_MILLISECONDS);
}

async function printConsole(isProbe: boolean): Promise<void> {
  const log = /(?:^|,)logfile=([^,]*)/.exec(valueOf('-chardev'))?.[1] ?? '';
  const bytes = readFileSync(scenario.consolePath);
  const pieces = scenario.pieces ?? 1;
  const at = (index: number): number => Math.floor((bytes.length * index) / pieces);
  for (let piece = 0; piece < pieces; piece += 1) {
    await sleep(scenario.pieceMilliseconds ?? 0);
    const part = bytes.subarray(at(piece), at(piece + 1));
    if (isProbe) process.stdout.write(part);
    else appendFileSync(log, part);
  }
}

/** One client at a time, as QEMU does: others wait until it has left. */
function serveMonitor(firstState: string): void {
  const path =
    valueOf('-qmp')
      .replace(/^unix:/, '')
      .split(',')[0] ?? '';
  let runState = firstState;
  const queue: Socket[] = [];
  let busy = false;

  function serveNext(): void {
    const socket = busy ? undefined : queue.shift();
    if (socket === undefined) return;
    busy = true;
    const answer = (message: object): void => void socket.write(`${JSON.stringify(message)}\r\n`);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      busy = false;
      serveNext();
    });
    answer({ QMP: { version: {}, capabilities: [] } });
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const { execute } = JSON.parse(text.slice(0, end)) as { execute: string };
        text = text.slice(end + 1);
        obey(execute, answer);
      }
    });
  }

  function obey(command: string, answer: (message: object) => void): void {
    if (command === 'quit' && scenario.ignoreQuit === true) return;
    if (command === 'cont') runState = 'running';
    answer({ return: command === 'query-status' ? { status: runState } : {} });
    if (command === 'cont') appendFileSync('told', 'cont\n');
    if (command !== 'quit') return;
    answer({ event: 'SHUTDOWN', data: {} });
    setTimeout(() => process.exit(0), 10);
  }

  rmSync(path, { force: true });
  createServer((socket) => {
    queue.push(socket);
    serveNext();
  }).listen(path);
}

await main();
