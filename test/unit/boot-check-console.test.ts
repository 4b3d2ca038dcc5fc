// The boot check's console lines: each kind, what is no such line, and the comparison with the image.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BOOT_CHECK_EXIT_STATUS,
  BOOT_CHECK_REASONS,
  compareBootCheckEntries,
  parseBootCheckLine,
} from '../../src/engine/formats/boot-check-console.ts';

const stage = (name: string): string =>
  readFileSync(new URL(`../../resources/boot-check/${name}.hex0`, import.meta.url), 'utf8');

describe('parseBootCheckLine', () => {
  test('reads every line of a boot', () => {
    const lines = [
      'Seedbed boot check 1',
      'disk: int 13h extensions ok',
      'a20: ok',
      'memory: 3070 MiB contiguous from 1 MiB',
      'interrupt: int 0x80 ok',
      'probe: ok',
      'entry 0 00000000 /seedbed',
      'entry 256 29058c73 /seedbed/all;#~',
      'stream: 2 entries, 256 bytes, crc32 0123abcd',
      'verdict: passed',
      'verdict: failed memory-short',
      'verdict: failed disk-error status 0a lba 4294967295',
    ];
    expect(lines.map(parseBootCheckLine)).toEqual([
      { kind: 'title', version: 1 },
      { kind: 'disk' },
      { kind: 'a20' },
      { kind: 'memory', mebibytes: 3070 },
      { kind: 'interrupt' },
      { kind: 'probe' },
      { kind: 'entry', entry: { path: '/seedbed', sizeBytes: 0, crc32: '00000000' } },
      { kind: 'entry', entry: { path: '/seedbed/all;#~', sizeBytes: 256, crc32: '29058c73' } },
      { kind: 'stream', entries: 2, payloadBytes: 256, crc32: '0123abcd' },
      { kind: 'verdict', outcome: 'passed' },
      { kind: 'verdict', outcome: 'failed', reason: 'memory-short', disk: null },
      { kind: 'verdict', outcome: 'failed', reason: 'disk-error', disk: { status: 10, lba: 4294967295 } },
    ]);
  });

  test.each([
    '',
    'verdict: passed ',
    'verdict: passed?',
    ' verdict: passed',
    'verdict: failed',
    'verdict: failed whatever',
    'verdict: failed disk-error',
    'verdict: failed a20 status 01 lba 3',
    'entry 1 0123ABCD /x',
    'entry 1 0123abcd /x y',
    'entry 1 0123abcd ',
    'entry -1 0123abcd /x',
    'entry 99999999999 0123abcd /x',
    'memory: MiB contiguous from 1 MiB',
    'constructor',
    'src',
    `entry 1 0123abcd /${'x'.repeat(1024)}`,
  ])('%j is none of them', (line) => {
    expect(parseBootCheckLine(line)).toBeNull();
  });

  test('no line whatever is a fault', () => {
    const words = fc.constantFrom(
      'verdict: ',
      'failed ',
      'entry ',
      'stream: ',
      '0123abcd',
      ' 12',
      '/x',
      'memory: ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary' }))), (parts) => {
        const line = parseBootCheckLine(parts.join(''));
        expect(line === null || typeof line.kind === 'string').toBe(true);
      }),
    );
  });
});

describe('the payload agrees with the console contract', () => {
  // `db 0x17, "failed "` and `db "stream-truncated", 0` stand in one or two lines; their bytes are text all the same.
  const spoken = (text: string): string =>
    [...text.matchAll(/; db ([^#]*)/g)]
      .map(([, data = '']) =>
        data
          .trim()
          .split(/, (?=(?:[^"]*"[^"]*")*[^"]*$)/)
          .map((item) => (item.startsWith('"') ? item.slice(1, -1) : String.fromCharCode(Number(item))))
          .join(''),
      )
      .join('');

  test('every reason is spoken by one of the stages, with its own exit code', () => {
    const text = `${spoken(stage('stage1'))}${spoken(stage('stage2'))}`;
    for (const reason of BOOT_CHECK_REASONS)
      expect(text).toContain(`${reason}${reason === 'disk-error' ? '' : '\0'}`);
    const statuses = Object.values(BOOT_CHECK_EXIT_STATUS);
    expect(new Set(statuses).size).toBe(BOOT_CHECK_REASONS.length + 1);
    expect(statuses.every((status) => status % 2 === 1 && status > 1)).toBe(true);
    for (const reason of BOOT_CHECK_REASONS.slice(1)) {
      const code = String.fromCharCode((BOOT_CHECK_EXIT_STATUS[reason] - 1) / 2);
      expect(spoken(stage('stage2'))).toContain(`\0${code}failed ${reason}\0`);
    }
  });
});

describe('compareBootCheckEntries', () => {
  const a = { path: '/a', sizeBytes: 1, crc32: '00000001' };
  const b = { path: '/b', sizeBytes: 2, crc32: '00000002' };

  test('says null for the same entries in the same order', () => {
    expect([compareBootCheckEntries([], []), compareBootCheckEntries([a, b], [{ ...a }, { ...b }])]).toEqual([
      null,
      null,
    ]);
  });

  test('names the first place where they part', () => {
    expect([
      compareBootCheckEntries([a, b], [a, { ...b, path: '/c' }]),
      compareBootCheckEntries([a, b], [{ ...a, sizeBytes: 9 }, b]),
      compareBootCheckEntries([a, b], [{ ...a, crc32: '10000001' }]),
      compareBootCheckEntries([a, b], [a]),
      compareBootCheckEntries([a], [a, b]),
    ]).toEqual([
      { index: 1, expected: b, seen: { ...b, path: '/c' } },
      { index: 0, expected: a, seen: { ...a, sizeBytes: 9 } },
      { index: 0, expected: a, seen: { ...a, crc32: '10000001' } },
      { index: 1, expected: b, seen: null },
      { index: 1, expected: null, seen: b },
    ]);
  });
});
