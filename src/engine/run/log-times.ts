// log-times.jsonl: when the log had how many bytes, one `[milliseconds since 1970, bytes, jump]` a line, written by the host that owns the run. From it come
// the times of steps and phases, also for a host that opens the run years later. events.jsonl is for people; this would drown it.
import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { osCodeOf } from '../os-errors.ts';
import { type ClockSample, type LogClock, openLogClock } from '../formats/console/log-clock.ts';

const Line = z.tuple([z.int().nonnegative(), z.int().nonnegative(), z.int()]);

/** A sample at least so often while the log grows; and whenever something began or ended. */
const EVERY_MILLISECONDS = 15_000;
/** A gap of less is no gap: looks are a quarter of a second apart. */
const TIGHT_MILLISECONDS = 400;

export interface LogTimes {
  clock(): LogClock;
  /**
   * A look at the log: it has `bytes`, and `mark` changes when a step or phase did. `missed`: what the host's clock jumped since the last look.
   * Only the owner of a run calls it. A full disk loses times, never the run.
   */
  note(look: { bytes: number; mark: number; missed: number; at?: number }): Promise<void>;
  /** Read what the owner wrote meanwhile. */
  refresh(): Promise<void>;
}

export async function openLogTimes(path: string): Promise<LogTimes> {
  let { samples, torn } = await readSamples(path);
  let clock = openLogClock(samples);
  let written = samples.at(-1) ?? null;
  let looked: ClockSample | null = null;
  let mark = -1;
  let missed = 0;

  async function write(lines: ClockSample[]): Promise<void> {
    for (const sample of lines) clock.add(sample);
    written = lines.at(-1) ?? written;
    const text = lines.map(({ at, bytes, missed: jump }) => `[${at},${bytes},${jump}]\n`).join('');
    await appendFile(path, torn ? `\n${text}` : text, { mode: 0o600 }).catch((error: unknown) => {
      if (osCodeOf(error) === null) throw error;
    });
    torn = false;
  }

  return {
    clock: () => clock,
    async note({ bytes, mark: now, missed: jump, at = Date.now() }) {
      const before = looked;
      looked = { at, bytes, missed: 0 };
      missed += jump;
      const grown = bytes > (written?.bytes ?? -1);
      const due = written === null || at - written.at >= EVERY_MILLISECONDS || now !== mark;
      if (!(grown && due) && jump === 0) return;
      mark = now;
      const lines: ClockSample[] = [];
      // The look before this one bounds the time of what is new.
      if (before !== null && written !== null && before.at - written.at > TIGHT_MILLISECONDS && jump === 0)
        lines.push({ ...before, missed: 0 });
      lines.push({ at, bytes, missed });
      missed = 0;
      await write(lines);
    },
    async refresh() {
      ({ samples, torn } = await readSamples(path));
      clock = openLogClock(samples);
      written = samples.at(-1) ?? null;
    },
  };
}

async function readSamples(path: string): Promise<{ samples: ClockSample[]; torn: boolean }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return { samples: [], torn: false };
  }
  const samples = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  return { samples, torn: text !== '' && !text.endsWith('\n') };
}

function parseLine(line: string): ClockSample | null {
  if (line === '') return null;
  try {
    const [at, bytes, missed] = Line.parse(JSON.parse(line));
    return { at, bytes, missed };
  } catch {
    return null;
  }
}
