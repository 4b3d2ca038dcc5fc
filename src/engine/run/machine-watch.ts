// The host that watches a run listens to QEMU's second monitor: the machine's state at any moment, and what happened to it in words.
// Events: docs/interop/qemu-qmp-ref in QEMU's sources, 7.2.
import type { RunEvent } from '../../shared/model/run.ts';
import { eventNow } from './event-log.ts';
import { openQmp, type QmpClient, type QmpEvent } from './qmp-client.ts';
import { readRunState } from './qmp.ts';
import { RUN_FILES } from './run-folder.ts';

export interface MachineWatch {
  /** QEMU's word for the machine's state, null while it is not known. */
  state(): string | null;
  /** What happened since the last call, for the run's events. */
  take(): RunEvent[];
  /** Connect when there is no line, and ask again when the last answer is old. Call now and then. */
  look(): void;
  close(): void;
}

export interface MachineWatchOptions {
  runPath: string;
  /** Between two tries to connect, and between two questions: QEMU tells changes by itself. */
  retryMilliseconds: number;
  onChange: () => void;
}

const ANSWER_MILLISECONDS = 10_000;
/** The same disk error is told once in so long: a guest tries again and again. */
const REPEAT_MILLISECONDS = 60_000;
const MOST_EVENTS = 100;

export const RESET_BY_HAND = 'The machine was reset.';

export function watchMachine({ runPath, retryMilliseconds, onChange }: MachineWatchOptions): MachineWatch {
  const closing = new AbortController();
  const told = new Map<string, number>();
  let client: QmpClient | null = null;
  let connecting = false;
  let triedAt = Number.NEGATIVE_INFINITY;
  let state: string | null = null;
  let events: RunEvent[] = [];

  async function connect(): Promise<void> {
    const opened = await openQmp(runPath, RUN_FILES.eventSocket, {
      timeoutMilliseconds: ANSWER_MILLISECONDS,
      signal: closing.signal,
      onEvent,
    });
    client = opened;
    void opened.closed.then(() => {
      if (client === opened) client = null;
    });
    await ask(opened);
  }

  async function ask(line: QmpClient): Promise<void> {
    const now = await readRunState(line);
    if (now === state) return;
    state = now;
    onChange();
  }

  function onEvent(event: QmpEvent): void {
    const words = wordsFor(event);
    if (
      words !== null &&
      (told.get(words.text) ?? Number.NEGATIVE_INFINITY) < performance.now() - REPEAT_MILLISECONDS
    ) {
      told.set(words.text, performance.now());
      if (events.length < MOST_EVENTS) events.push(eventNow(words.kind, words.text));
      onChange();
    }
    // The event does not say which state it is: paused by somebody, by a disk that is full, by an accelerator that gave up.
    if (client !== null) ask(client).catch(() => undefined);
  }

  return {
    state: () => state,
    take() {
      const taken = events;
      events = [];
      return taken;
    },
    look() {
      if (connecting || closing.signal.aborted || performance.now() - triedAt < retryMilliseconds) return;
      triedAt = performance.now();
      connecting = true;
      // It ends, or another host still holds the line: the process itself is watched elsewhere.
      void (client === null ? connect() : ask(client))
        .catch(() => undefined)
        .finally(() => (connecting = false));
    },
    close() {
      closing.abort(new Error('closed'));
      client?.close();
    },
  };
}

function wordsFor({ name, data }: QmpEvent): { kind: RunEvent['kind']; text: string } | null {
  switch (name) {
    case 'BLOCK_IO_ERROR':
      return { kind: 'machine', text: diskError(data) };
    case 'GUEST_PANICKED':
      return { kind: 'machine', text: 'The guest’s kernel says that it panicked.' };
    case 'POWERDOWN':
      return { kind: 'machine', text: 'The machine’s power button was pressed.' };
    case 'RESET':
      return {
        kind: 'restarted',
        text: data['guest'] === true ? 'The guest restarted the machine.' : RESET_BY_HAND,
      };
    case 'SHUTDOWN':
      return data['guest'] === true ? { kind: 'machine', text: 'The guest switched the machine off.' } : null;
    default:
      return null;
  }
}

function diskError(data: Record<string, unknown>): string {
  const word = (key: string, otherwise: string): string =>
    typeof data[key] === 'string' ? data[key] : otherwise;
  const what = data['operation'] === 'read' ? 'be read' : 'be written';
  const then = data['action'] === 'stop' ? ' QEMU paused the machine.' : ' The guest was told.';
  const disk = word('device', '') === '' ? word('node-name', 'a disk') : word('device', '');
  return `The disk ${disk} could not ${what}: ${word('reason', 'unknown reason').slice(0, 200)}.${then}`;
}
