// A serial log of any size that grows when the test says so.
import { Buffer } from 'node:buffer';
import type { LogChunk, LogMatch } from '../../src/shared/model/run.ts';

export interface ScriptedLog {
  bytes: Buffer;
  /** How much of it is there already. */
  sizeBytes: number;
  /** Reads that were answered, for tests of how much a view asks for. */
  reads: number;
}

export function scriptedLog(text: string): ScriptedLog {
  const bytes = Buffer.from(text);
  return { bytes, sizeBytes: bytes.length, reads: 0 };
}

/** `sizeBytes` of numbered 80-column lines, as builder-hex0 and kaem print them, with one line of the test's at an offset. */
export function numberedLog(sizeBytes: number, special: { line: string; atShare: number }): ScriptedLog {
  const lineBytes = 80;
  const count = Math.ceil(sizeBytes / lineBytes);
  const bytes = Buffer.alloc(count * lineBytes, 'x');
  const at = Math.floor(count * special.atShare);
  for (let line = 0; line < count; line += 1) {
    const text =
      line === at ? special.line : ` +> compile part ${line} of a long bootstrap, as chatty as real ones are`;
    bytes.write(`${text.padEnd(lineBytes - 2)}\r\n`, line * lineBytes, 'latin1');
  }
  return { bytes, sizeBytes: bytes.length, reads: 0 };
}

export function readScriptedLog(log: ScriptedLog, fromBytes: number, limitBytes: number): LogChunk {
  log.reads += 1;
  const toBytes = Math.max(fromBytes, Math.min(fromBytes + limitBytes, log.sizeBytes));
  const text = log.bytes.toString('utf8', fromBytes, toBytes);
  return { fromBytes, toBytes, sizeBytes: log.sizeBytes, text };
}

export function searchScriptedLog(
  log: ScriptedLog,
  words: string,
  fromBytes: number,
  direction: 'forward' | 'backward',
): LogMatch | null {
  const there = log.bytes.subarray(0, log.sizeBytes);
  const at = direction === 'forward' ? there.indexOf(words, fromBytes) : lastBefore(there, words, fromBytes);
  if (at < 0) return null;
  const start = there.lastIndexOf('\n', at) + 1;
  const end = there.indexOf('\n', at);
  const line = there.toString('utf8', start, end < 0 ? log.sizeBytes : end);
  return { offsetBytes: at, text: line.trimEnd() };
}

function lastBefore(bytes: Buffer, words: string, fromBytes: number): number {
  return fromBytes <= 0 ? -1 : bytes.lastIndexOf(words, fromBytes - 1);
}
