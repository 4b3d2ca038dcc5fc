// Console grammar: a real log again and again, in pieces as a watcher reads them.
import { existsSync, readFileSync } from 'node:fs';
import { openConsoleReader } from '../src/engine/formats/console/grammar.ts';
import { bootstrapConsole } from '../test/support/bootstrap-consoles.ts';
import { stage0Console } from '../test/support/consoles.ts';
import { median } from './measure.ts';
import type { Row } from './table.ts';

const TOTAL_BYTES = 200_000_000;
const PIECE_BYTES = 65_536;
const ROUNDS = 3;
const TARGET_MB_PER_SECOND = 50;

export function benchConsole(realLog: string): Row[] {
  const isReal = existsSync(realLog);
  const log = isReal ? readFileSync(realLog) : generatedLog();
  const rates = Array.from({ length: ROUNDS }, () => measure(log));
  const rate = median(rates);
  const bootstrap = Buffer.from(bootstrapConsole());
  const dense = median(Array.from({ length: ROUNDS }, () => measure(bootstrap)));
  return [
    {
      what: `console grammar, ${TOTAL_BYTES / 1e6} MB of ${isReal ? 'a real log' : 'A GENERATED LOG (the real one is not here)'}`,
      target: `≥ ${TARGET_MB_PER_SECOND} MB/s`,
      measured: `${rate.toFixed(0)} MB/s`,
      peer: '',
      ratio: '',
      met: rate >= TARGET_MB_PER_SECOND,
    },
    {
      what: `console grammar, ${TOTAL_BYTES / 1e6} MB of made-up bootstraps: a mark in every second line`,
      target: `≥ ${TARGET_MB_PER_SECOND} MB/s`,
      measured: `${dense.toFixed(0)} MB/s`,
      peer: '',
      ratio: '',
      met: dense >= TARGET_MB_PER_SECOND,
    },
  ];
}

/** MB (10^6 bytes) a second. */
function measure(log: Buffer): number {
  // A whole number of logs, long enough that pieces of it are cut at ever other places.
  const block = Buffer.concat(Array.from({ length: Math.ceil(4_000_000 / log.length) }, () => log));
  const reader = openConsoleReader();
  let fedBytes = 0;
  let at = 0;
  const began = performance.now();
  while (fedBytes < TOTAL_BYTES) {
    const piece = block.subarray(at, at + PIECE_BYTES);
    reader.push(piece);
    fedBytes += piece.length;
    at = at + PIECE_BYTES < block.length ? at + PIECE_BYTES : 0;
  }
  reader.report();
  return fedBytes / 1e6 / ((performance.now() - began) / 1000);
}

/** As many stream entries as a real stage0 run prints (2345), then its tools. */
function generatedLog(): Buffer {
  const entries = Array.from({ length: 2345 }, (_, index) => `./made/folder-${index % 40}/file-${index}.c`);
  return Buffer.from(stage0Console({ entries }));
}
