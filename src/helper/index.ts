// The elevated helper: one drive, one image, then it ends. It needs nothing but Node and has no server, no socket, no shell and no second task.
//   flash-helper write|verify --device=/dev/sdb --number=8:16 --size=… (all of it: arguments.ts), JSON lines in and out (protocol.ts)
// The threat model is docs/adr/0012-elevated-helper.md. What is read first: runHelper below, then write-drive.ts.
import { existsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArguments, refusePoison } from './arguments.ts';
import { type ChunkList, startChunkList } from './chunk-list.ts';
import { type DeviceFacts, readText } from './device-facts.ts';
import { type DeviceTarget, findDevice, openDevice } from './device-target.ts';
import { describeFailure, HelperError } from './failure.ts';
import { refuseUsed, unmountAll } from './in-use.ts';
import { listenForRequests } from './input.ts';
import { callerOf, openImage } from './open-image.ts';
import type { Done, HelperArguments, HelperEvent, Phase } from './protocol.ts';
import { verifyDrive } from './verify-drive.ts';
import { makeBuffers, type WriteTask } from './work.ts';
import { wipeHead, writeDrive, type WriteState, type Written } from './write-drive.ts';

/** How long what is under way may still take after the person or the device ended it. */
const GRACE_MILLISECONDS = 1500;
const STATE_POLL_MILLISECONDS = 1000;
const PROGRESS_MILLISECONDS = 100;

const progress = { phase: 'check' as Phase, sentAt: 0, since: performance.now() };
const timings: Done['timings'] = {};
const state: WriteState = { touched: false, headIsZero: false };

function send(event: HelperEvent): void {
  try {
    writeSync(1, `${JSON.stringify(event)}\n`);
  } catch {
    // Nobody reads any more; the end of standard input says the same.
  }
}

function report(phase: Phase, doneBytes: number, totalBytes: number, writtenUpTo = 0): void {
  const now = performance.now();
  if (phase !== progress.phase) {
    timings[progress.phase] = (timings[progress.phase] ?? 0) + now - progress.since;
    Object.assign(progress, { phase, since: now, sentAt: 0 });
  }
  if (doneBytes < totalBytes && now - progress.sentAt < PROGRESS_MILLISECONDS) return;
  progress.sentAt = now;
  send({ type: 'progress', phase, doneBytes, totalBytes, writtenUpTo });
}

async function runHelper(): Promise<Done> {
  refusePoison(process.env, process.execArgv);
  const given = parseArguments(process.argv.slice(2));
  const facts = check(given);
  const { majorMinor, sizeBytes, diskseq, serials, wwns, models } = facts;
  const identity = { majorMinor, sizeBytes, diskseq, serial: serials[0] ?? null, wwn: wwns[0] ?? null };
  send({ type: 'ready', identity: { ...identity, model: models[0] ?? null }, unmounted: [] });

  const { chunks, resumeUpTo, signal, abort } = await listenForRequests(
    startChunkList(given.imageBytes),
    given,
  );
  // Again: what was true before the person typed a password need not be true now.
  const unmounted = given.mode === 'write' && given.unmount ? unmountAll(check(given)) : [];
  check(given);
  const target = openDevice(given.device, given.identity, given.mode);
  const poll = setInterval(() => {
    if (target.state() === 'gone') abort(new HelperError('unplugged', 'the kernel has lost the device'));
  }, STATE_POLL_MILLISECONDS);
  try {
    const work = workOn(given, target, chunks, resumeUpTo, signal);
    const done = await Promise.race([work, endOfPatience(signal)]);
    await target.close();
    report('eject', 0, 1);
    const ejectProblem = given.eject ? eject(facts) : null;
    report('eject', 1, 1);
    return { ...done, unmounted, ejectProblem, timings, peakMemoryBytes: peakMemoryBytes() };
  } finally {
    clearInterval(poll);
  }
}

/** Nothing is changed here. */
function check(given: HelperArguments): DeviceFacts {
  const facts = findDevice(given.device, given.identity);
  if (given.mode === 'write') refuseUsed(facts, given);
  return facts;
}

async function workOn(
  given: HelperArguments,
  target: DeviceTarget,
  chunks: ChunkList,
  resumeUpTo: number,
  signal: AbortSignal,
): Promise<Omit<Done, 'unmounted' | 'ejectProblem' | 'timings' | 'peakMemoryBytes'>> {
  const { image, imageBytes, mode } = given;
  const source =
    image === null ? null : openImage(image, imageBytes, callerOf(process.env, process.getuid?.()));
  const task = { target, imageBytes, chunks, signal, buffers: makeBuffers(), report };
  let written: Written = { writtenBytes: 0, zeroedBytes: 0, resumedChunks: 0, zeroing: 'none' };
  if (mode === 'verify' || source === null)
    return { ...written, verifiedBytes: await verifyDrive({ ...task, source, endIsZero: false }) };
  const writeTask: WriteTask = { ...task, source, resumeUpTo };
  try {
    written = await writeDrive(writeTask, state);
    return { ...written, verifiedBytes: await verifyDrive({ ...task, source, endIsZero: true }) };
  } catch (error) {
    // What is not wholly the image must not start.
    if (state.touched && !state.headIsZero) await wipeHead(writeTask, state).catch(() => undefined);
    throw error;
  }
}

/** A device that hangs must not keep the person waiting; a drive whose beginning still has to be wiped is waited for. */
function endOfPatience(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      // input.ts and the poll above abort with nothing else.
      const reason = signal.reason as HelperError;
      const wait = (): void => {
        if (reason.code === 'unplugged' || state.headIsZero || !state.touched) reject(reason);
        else setTimeout(wait, 100);
      };
      setTimeout(wait, GRACE_MILLISECONDS);
    });
  });
}

/** proc(5), status: VmHWM. What getrusage(2) tells may be the memory of the process that this one was forked from. */
function peakMemoryBytes(): number {
  return Number(/VmHWM:\s*(\d+) kB/.exec(readText('/proc/self/status'))?.[1] ?? 0) * 1024;
}

/** The kernel lets go of a SCSI or USB disk when its `delete` is written to (Linux Documentation/ABI/obsolete/sysfs-bus-scsi). Why not, or null. */
function eject({ folder, kernelName }: DeviceFacts): string | null {
  const path = join(folder, 'device', 'delete');
  if (!existsSync(path))
    return `${kernelName} cannot be let go by software; take it out when its light is still`;
  try {
    writeFileSync(path, '1');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

runHelper().then(
  (done) => {
    send({ type: 'done', done });
    process.exit(0);
  },
  (error: unknown) => {
    send({ type: 'failed', failure: describeFailure(error, progress.phase), headIsZero: state.headIsZero });
    process.exit(1);
  },
);
