// seedbed runs attach: this terminal becomes the machine's serial console. Ctrl-] leaves; the run does not notice.
import { SeedbedError } from '../../shared/errors.ts';
import { openBell } from '../bell.ts';
import { isLive, openPump } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';

/** As in telnet(1). Everything else, Ctrl-C too, goes to the machine. */
const LEAVE = '\u001d';
/** What a fast typist or a paste gives is sent together. */
const GATHER_MILLISECONDS = 20;
/** A screenful of what was printed before. */
const BEFORE_BYTES = 4000;

export async function attach(name: string, { json }: Json): Promise<void> {
  if (json === true) throw new SeedbedError('USAGE', { reason: 'A console is no JSON object.' });
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, signal } = session;
    const first = await client.run.show({ run: name });
    const run = first.record.id;
    if (!isLive(first)) throw new SeedbedError('RUN_NOT_RUNNING', { run, state: first.record.state });
    screen.note(`This is the console of run ${run}. Ctrl-] leaves; the run goes on.`);
    const ring = await openBell(session, screen);
    const leaving = new AbortController();
    const keys = readKeys(session, run, (error) => leaving.abort(error));
    const ended = AbortSignal.any([signal, leaving.signal]);
    const pump = openPump(client, screen, run, Math.max(0, first.logBytes - BEFORE_BYTES));
    try {
      await pump(first.logBytes);
      for await (const snapshot of await client.run.watch({ run }, { signal: ended })) {
        await pump(snapshot.logBytes);
        ring(snapshot);
        if (ended.aborted) break;
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    } finally {
      keys.close();
      screen.clear();
    }
    if (leaving.signal.reason instanceof SeedbedError) throw leaving.signal.reason;
    screen.note(`Left the console of run ${run}.`);
  });
}

/** Standard input, key by key where it is a terminal. `leave` with an error when the machine does not take what was typed. */
function readKeys({ client }: Session, run: string, leave: (error?: unknown) => void): { close: () => void } {
  const input = process.stdin;
  let waiting = '';
  let timer: NodeJS.Timeout | null = null;
  let work = Promise.resolve();

  function send(): void {
    timer = null;
    const text = waiting;
    waiting = '';
    work = work.then(() => client.run.type({ run, text })).then(() => undefined, leave);
  }

  function take(text: string): void {
    const end = text.indexOf(LEAVE);
    waiting += (end < 0 ? text : text.slice(0, end)).replaceAll('\n', '\r');
    if (waiting !== '') timer ??= setTimeout(send, GATHER_MILLISECONDS);
    if (end >= 0)
      void Promise.resolve().then(async () => {
        if (timer !== null) {
          clearTimeout(timer);
          send();
        }
        await work;
        leave();
      });
  }

  if (input.isTTY) input.setRawMode(true);
  input.setEncoding('utf8').on('data', take).resume();
  return {
    close() {
      if (input.isTTY) input.setRawMode(false);
      input.off('data', take).pause();
    },
  };
}
