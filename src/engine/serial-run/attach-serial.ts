// A run of a real machine: its folder, its record, and the detached program that reads the port. From then on it is a run like any other.
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { DEFAULT_MACHINE_OPTIONS } from '../../shared/model/machine.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { appendEvents, eventNow } from '../run/event-log.ts';
import { launchDetached } from '../run/launch.ts';
import { createFolder, removeFolder, type StartableImage } from '../run/prepare-run.ts';
import { isLive, RUN_FILES, type RunFolder, writeRunRecord } from '../run/run-folder.ts';
import { readImageSteps, writeRunSteps } from '../run/run-steps.ts';
import type { RunStore } from '../run/run-store.ts';
import { endProcess, type StopWaits } from '../run/stop-ladder.ts';
import { lastingName } from './list-ports.ts';
import { openSerialPort, type PortSettings } from './serial-port.ts';

export interface AttachRequest extends PortSettings {
  /** What the machine boots, as far as the user knows: says what is expected of it. */
  image: StartableImage | null;
}

export interface SerialRuns {
  /** Comes back when the port is read. Throws as openSerialPort does, SERIAL_PORT_IN_USE, SERIAL_UNAVAILABLE, SERIAL_CAPTURE_FAILED. */
  attachSerial(request: AttachRequest): Promise<RunRecord>;
}

export interface SerialRunNeeds {
  runs: string;
  store: RunStore;
  /** Program and arguments of Seedbed's command line; null where the host has none. */
  command: readonly string[] | null;
  env: NodeJS.ProcessEnv;
  waits: StopWaits;
  onChange: () => void;
}

const READY_WITHIN_MILLISECONDS = 30_000;
/** sha256 of no bytes: of an image that nobody named. */
const NO_BYTES_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function createSerialRuns({ runs, store, command, env, waits, onChange }: SerialRunNeeds): SerialRuns {
  async function refuseTwo(device: string): Promise<void> {
    const reader = (await store.records()).find((one) => isLive(one) && one.serial?.device === device);
    if (reader !== undefined) throw new SeedbedError('SERIAL_PORT_IN_USE', { device, run: reader.id });
  }

  return {
    async attachSerial(request) {
      if (command === null)
        throw new SeedbedError('SERIAL_UNAVAILABLE', {
          reason:
            'Seedbed’s command line does it, and no Node 20.19 or newer that could run it was found on PATH',
        });
      const settings = { device: await lastingName(request.device), baud: request.baud };
      await refuseTwo(settings.device);
      // Said here and now, not in a log: the program that stays behind would only try again.
      await (await openSerialPort(settings, env)).close();
      const argv = [...command, 'runs', 'capture-serial', settings.device, '--baud', String(settings.baud)];
      const { folder, claim } = await createFolder(runs);
      store.hold(folder.id);
      try {
        await fill(folder, request.image);
        const record = firstRecord(folder.id, { ...request, ...settings, argv });
        await writeRunRecord(folder, record);
        const text = `Listens to ${settings.device} at ${settings.baud} baud.`;
        await appendEvents(folder.events, [eventNow('created', text)]);
        const launched = await launchDetached(folder, argv, env);
        const running = { ...record, process: launched.identity, startedAt: new Date().toISOString() };
        await writeRunRecord(folder, running);
        launched.go();
        try {
          await untilReady(folder, settings.device, launched.exited);
        } catch (error) {
          await endProcess(folder.path, launched.identity, waits);
          throw error;
        }
        const followed: RunRecord = { ...running, state: 'running' };
        await writeRunRecord(folder, followed);
        await appendEvents(folder.events, [eventNow('started', text)]);
        await store.track(folder, followed, { claim, exited: launched.exited });
        return followed;
      } catch (error) {
        await removeFolder(dirname(folder.path), folder.id);
        throw error;
      } finally {
        store.unhold(folder.id);
        onChange();
      }
    },
  };
}

async function fill(folder: RunFolder, image: StartableImage | null): Promise<void> {
  await mkdir(folder.disks);
  await (await open(folder.serialLog, 'a', 0o600)).close();
  if (image === null) return;
  await writeFile(folder.image, JSON.stringify(image.record));
  await writeRunSteps(folder, await readImageSteps(image.path, image.record));
}

function firstRecord(
  id: string,
  { image, device, baud, argv }: AttachRequest & { argv: string[] },
): RunRecord {
  return {
    version: 1,
    id,
    kind: 'serial',
    goal: image?.record.goal ?? 'end',
    state: 'starting',
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    image: imageOf(image),
    memoryMiB: 0,
    cores: 0,
    accelerator: {
      asked: 'auto',
      used: null,
      reason: 'A real machine, heard over its serial port.',
      probes: [],
    },
    qemu: null,
    machine: DEFAULT_MACHINE_OPTIONS,
    hold: null,
    resumedFrom: null,
    assisted: null,
    guestMirror: null,
    serial: { device, baud, imageNamed: image !== null },
    sandbox: null,
    argv,
    process: null,
    stoppedBy: null,
    stopReason: null,
    verdict: null,
    report: null,
  };
}

function imageOf(image: StartableImage | null): RunRecord['image'] {
  if (image === null)
    return {
      id: null,
      label: 'A real machine, its image not named',
      kind: 'kernel-bootstrap',
      sha256: NO_BYTES_SHA256,
      inputDigest: NO_BYTES_SHA256,
      streamEntries: 0,
      streamBytes: 0,
    };
  const { record } = image;
  const { entries, sha256 } = record.disks[0];
  return {
    id: image.id ?? null,
    label: `A real machine with ${labelOf(record)}`,
    kind: record.kind,
    sha256,
    inputDigest: record.inputDigest,
    streamEntries: entries.directories + entries.files,
    streamBytes: entries.streamBytes,
  };
}

function labelOf({ kind, checkout, inputDigest }: ImageRecord): string {
  if (kind === 'boot-check') return 'the boot check';
  return `live-bootstrap ${(checkout?.commit ?? inputDigest).slice(0, 8)}`;
}

/** It listens for what is typed before it opens the port. */
async function untilReady(folder: RunFolder, device: string, exited: Promise<string>): Promise<void> {
  const end: { words: string | null } = { words: null };
  void exited.then((words) => (end.words = words));
  const socket = join(folder.path, RUN_FILES.serialSocket);
  for (const until = Date.now() + READY_WITHIN_MILLISECONDS; Date.now() < until;) {
    if (await stat(socket).then(Boolean, () => false)) return;
    if (end.words !== null) break;
    await sleep(20);
  }
  const said = await readFile(folder.qemuLog, 'utf8').catch(() => '');
  const output = (said.trim() === '' ? (end.words ?? 'it did not answer') : said.trim()).slice(-1000);
  throw new SeedbedError('SERIAL_CAPTURE_FAILED', { device, output });
}
