// distfiles/evidence.jsonl: which source gave which bytes, when, and how. It only grows; a line that a kill cut short is passed over.
import { appendFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSeedbedError } from '../../shared/errors.ts';
import { type Evidence, EvidenceLine, type Source, type Transport } from '../../shared/model/distfile.ts';
import { atPath } from '../os-errors.ts';

export interface EvidenceLog {
  /** Add what is new: the same news of the same source is kept once. */
  add(line: Omit<EvidenceLine, 'at'>): Promise<void>;
  /** By the sha256 that was asked for. */
  read(): Promise<Map<string, Evidence>>;
  /** Names under which hashes were stored. */
  names(): Promise<Map<string, string>>;
}

export const NO_EVIDENCE: Evidence = { stored: null, agreed: [], wrong: [] };
const GATHER_MILLISECONDS = 5;
/** Sources that gave something else are shown up to this many a file. */
const SHOWN_WRONG = 8;

export function openEvidenceLog(root: string): EvidenceLog {
  const path = join(root, 'evidence.jsonl');
  let known: Promise<Set<string>> | null = null;
  let lines = '';
  let reading: Promise<void> = Promise.resolve();
  let readBytes = 0;
  let readSoFar: EvidenceLine[] = [];
  let writing: Promise<void> | null = null;

  /** Files that end at about the same time share one write. */
  async function writeSoon(): Promise<void> {
    await sleep(GATHER_MILLISECONDS);
    const text = lines;
    lines = '';
    writing = null;
    await atPath(path, () => appendFile(path, text));
  }

  /** The file only grows: what was read once is kept. */
  async function readLines(): Promise<EvidenceLine[]> {
    reading = reading.catch(() => undefined).then(readMore);
    await reading;
    return readSoFar;
  }

  async function readMore(): Promise<void> {
    const handle = await openOrNull(path);
    if (handle === null) {
      readBytes = 0;
      readSoFar = [];
      return;
    }
    await atPath(path, async () => {
      try {
        const { size } = await handle.stat();
        if (size < readBytes) {
          readBytes = 0;
          readSoFar = [];
        }
        const bytes = Buffer.alloc(size - readBytes);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, readBytes);
        const whole = bytes.subarray(0, bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1);
        readBytes += whole.length;
        readSoFar = [...readSoFar, ...whole.toString().split('\n').flatMap(parseLine)];
      } finally {
        await handle.close();
      }
    });
  }

  return {
    async add(line) {
      known ??= readLines().then((lines) => new Set(lines.map(newsOf)));
      const news = newsOf(line);
      const seen = await known;
      if (line.event !== 'stored' && seen.has(news)) return;
      seen.add(news);
      // A line that was cut short must not swallow this one.
      lines += `\n${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`;
      writing ??= writeSoon();
      await writing;
    },
    async read() {
      const files = new Map<string, Evidence>();
      for (const line of await readLines()) {
        const file = files.get(line.sha256) ?? { stored: null, agreed: [], wrong: [] };
        files.set(line.sha256, file);
        if (line.event === 'stored') file.stored = line;
        else if (line.event === 'agreed') file.agreed.push(line);
        else if (file.wrong.length < SHOWN_WRONG) file.wrong.push(line);
      }
      for (const file of files.values())
        file.agreed = file.agreed.filter((line) => line.source.at !== file.stored?.source.at);
      return files;
    },
    async names() {
      const lines = await readLines();
      return new Map(lines.filter((line) => line.event === 'stored').map((line) => [line.sha256, line.name]));
    },
  };
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await atPath(path, () => open(path, 'r'));
  } catch (error) {
    if (isSeedbedError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

function parseLine(text: string): EvidenceLine[] {
  if (text === '') return [];
  try {
    const parsed = EvidenceLine.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function newsOf({ event, sha256, actualSha256, source }: Omit<EvidenceLine, 'at'>): string {
  return [event, sha256, actualSha256, source.kind, source.at].join(' ');
}

export function transportOf(isPlain: boolean): Transport {
  return isPlain ? 'http' : 'https';
}

export function sourceWords({ kind, label }: Source): string {
  switch (kind) {
    case 'folder':
      return `folder ${label}`;
    case 'mirror':
      return `mirror ${label}`;
    case 'upstream':
      return label;
    case 'archive':
      return label;
    case 'git':
      return `git archive of ${label}`;
  }
}
