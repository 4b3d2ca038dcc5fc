// The machine inside the fake QEMU: it runs, stands still and goes on as QEMU's does (run states and events of docs/interop/qemu-qmp-ref, 7.2), and time in
// it passes only while it runs.
import { setTimeout as sleep } from 'node:timers/promises';

export interface FakeMachine {
  state(): string;
  /** Change the state and tell the clients: STOP when it stood not still before, RESUME when it goes on. */
  enter(state: string): void;
  /** Tell every client of every monitor. */
  emit(event: string, data?: object): void;
  listen(hear: (message: object) => void): () => void;
  /** Resolves when so much running time has passed. */
  pass(milliseconds: number): Promise<void>;
  /** What was typed on the console and not yet taken. */
  typed: { text: string };
}

const SLICE_MILLISECONDS = 20;

export function createFakeMachine(first: string): FakeMachine {
  const hearers = new Set<(message: object) => void>();
  const typed = { text: '' };
  let state = first;
  let goOn: (() => void)[] = [];
  const emit = (event: string, data: object = {}): void => {
    const timestamp = { seconds: Math.floor(Date.now() / 1000), microseconds: 0 };
    for (const hear of hearers) hear({ timestamp, event, data });
  };
  const untilRunning = (): Promise<void> =>
    state === 'running' ? Promise.resolve() : new Promise((resolve) => goOn.push(resolve));
  return {
    state: () => state,
    enter(next) {
      const was = state;
      state = next;
      if (was !== 'running' && next === 'running') {
        emit('RESUME');
        for (const resolve of goOn.splice(0)) resolve();
        goOn = [];
      } else if (was === 'running' && next !== 'running') emit('STOP');
    },
    emit,
    listen(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    async pass(milliseconds) {
      await untilRunning();
      for (let left = milliseconds; left > 0; left -= SLICE_MILLISECONDS) {
        await sleep(Math.min(left, SLICE_MILLISECONDS));
        await untilRunning();
      }
    },
    typed,
  };
}
