// events.jsonl: one line an event, only ever appended to. A host killed in mid write leaves a torn last line: it is skipped, and
// the next event begins on a line of its own.
import { open, readFile } from 'node:fs/promises';
import { RunEvent } from '../../shared/model/run.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

const NEWLINE = 0x0a;

export async function appendEvents(path: string, events: readonly RunEvent[]): Promise<void> {
  if (events.length === 0) return;
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  await atPath(path, async () => {
    const handle = await open(path, 'a+');
    try {
      const { size } = await handle.stat();
      const last = new Uint8Array(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      // One write: a reader in another host sees whole lines or a torn end, never a mix.
      await handle.appendFile(size > 0 && last[0] !== NEWLINE ? `\n${lines}` : lines);
    } finally {
      await handle.close();
    }
  });
}

export async function readEvents(path: string): Promise<RunEvent[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT') return [];
    return atPath(path, () => Promise.reject(error as Error));
  }
  return text.split('\n').flatMap((line) => parseEvent(line) ?? []);
}

function parseEvent(line: string): RunEvent | null {
  if (line === '') return null;
  try {
    const parsed = RunEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** An event that happens now; texts are cut to what the model allows. */
export function eventNow(kind: RunEvent['kind'], text: string, offset: number | null = null): RunEvent {
  return { at: new Date().toISOString(), kind, text: text.slice(0, 1000), offset };
}
