// A program that behaves like QEMU towards Seedbed: takes its arguments, serves its monitors and its serial port, writes a scripted console.
// Started by the executable that fake-qemu.ts writes; arguments: a scenario file, then QEMU's own.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFakeMachine, type FakeMachine } from './fake-qemu-machine.ts';
import { serveMonitor } from './fake-qemu-monitor.ts';
import type { FakeQemuScenario, FakeSegment } from './fake-qemu.ts';

type Scenario = Omit<FakeQemuScenario, 'console' | 'segments'> & {
  consolePath: string;
  segmentsPath: string | null;
};

const FOR_EVER_MILLISECONDS = 3_600_000;
const [scenarioPath = '', ...args] = process.argv.slice(2);
const scenario = JSON.parse(readFileSync(scenarioPath, 'utf8')) as Scenario;

function valuesOf(option: string): string[] {
  return args.flatMap((word, index) => (word === option ? [args[index + 1] ?? ''] : []));
}

function valueOf(option: string): string {
  return valuesOf(option)[0] ?? '';
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
  const machine = createFakeMachine(args.includes('-S') ? 'prelaunch' : (scenario.runState ?? 'running'));
  const position = { at: 0, get: () => position.at, set: (at: number) => void (position.at = at) };
  if (!isProbe && scenario.noMonitor !== true) serve(machine, position);
  if (breaks) {
    if (kvm !== 'paused-later') await sleep(scenario.pieceMilliseconds ?? 0);
    if (kvm !== 'paused-later')
      process.stderr.write('KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000001\n');
    machine.enter('internal-error');
  } else if (kvm !== 'silent') {
    await printConsole(isProbe, machine, position);
    if (scenario.end === 'killed') process.kill(process.pid, 'SIGKILL');
    if (scenario.end !== 'stay') process.exit(scenario.exitStatus ?? 0);
  }
  await sleep(FOR_EVER_MILLISECONDS);
}

function serve(machine: FakeMachine, position: { get(): number; set(at: number): void }): void {
  const overlays = valuesOf('-drive').flatMap((drive) => /file=([^,]*),format=qcow2/.exec(drive)?.[1] ?? []);
  const options = {
    machine,
    position,
    overlays,
    ignoreQuit: scenario.ignoreQuit === true,
    powerDown: scenario.powerDown ?? 'ignored',
    saveMilliseconds: scenario.saveMilliseconds ?? 20,
  } as const;
  for (const monitor of valuesOf('-qmp'))
    serveMonitor(monitor.replace(/^unix:/, '').split(',')[0] ?? '', options);
  const path = /(?:^|,)path=([^,]*)/.exec(valueOf('-chardev'))?.[1] ?? '';
  rmSync(path, { force: true });
  createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      machine.typed.text += bytes.toString();
      appendFileSync('typed', bytes);
    });
  }).listen(path);
}

/** Segments from the one that holds the position on, so that a snapshot goes on where it was taken. */
async function printConsole(
  isProbe: boolean,
  machine: FakeMachine,
  position: { get(): number; set(at: number): void },
): Promise<void> {
  const log = /(?:^|,)logfile=([^,]*)/.exec(valueOf('-chardev'))?.[1] ?? '';
  const segments = readSegments();
  await machine.pass(0);
  while (position.get() < segments.length) {
    const segment = segments[position.get()];
    if (segment === undefined) return;
    const at = position.get();
    await machine.pass(segment.milliseconds / (scenario.speed ?? 1));
    if (position.get() !== at) continue; // It was reset, or went back to a snapshot.
    const bytes = Buffer.from(segment.text, 'latin1');
    if (isProbe) process.stdout.write(bytes);
    else appendFileSync(log, bytes);
    position.set(at + 1);
    for (const { name, data, state } of segment.events ?? []) {
      if (state !== undefined) machine.enter(state);
      machine.emit(name, data);
    }
    await waitForInput(segment.waitsFor, machine, log);
    await machine.pass(0);
  }
}

/** A guest that asks: it echoes what was typed, as a terminal does. */
async function waitForInput(wanted: string | undefined, machine: FakeMachine, log: string): Promise<void> {
  if (wanted === undefined) return;
  while (!machine.typed.text.includes(`${wanted}\r`)) await machine.pass(10);
  appendFileSync(log, `${wanted}\r\n`);
  machine.typed.text = '';
}

function readSegments(): FakeSegment[] {
  if (scenario.segmentsPath !== null)
    return JSON.parse(readFileSync(scenario.segmentsPath, 'utf8')) as FakeSegment[];
  const text = readFileSync(scenario.consolePath).toString('latin1');
  const pieces = scenario.pieces ?? 1;
  const at = (index: number): number => Math.floor((text.length * index) / pieces);
  return Array.from({ length: pieces }, (_, piece) => ({
    text: text.slice(at(piece), at(piece + 1)),
    milliseconds: scenario.pieceMilliseconds ?? 0,
  }));
}

await main();
