// The boot check's console: points, entries, verdicts, and the comparison with the image.
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { BootCheckEntry, ConsoleReport } from '../../src/shared/model/console.ts';
import { bootCheckConsole, FIRMWARE_LINES, renderBiosConsole } from '../support/consoles.ts';

function read(text: string, expectedBootCheck?: BootCheckEntry[]): ConsoleReport {
  const reader = openConsoleReader(expectedBootCheck === undefined ? {} : { expectedBootCheck });
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const ids = (report: ConsoleReport) => report.milestones.map(({ id }) => id);

describe('the console of a boot check', () => {
  const entries: BootCheckEntry[] = [
    { path: '.', sizeBytes: 0, crc32: '00000000' },
    { path: `./${'long'.repeat(40)}`, sizeBytes: 123_456, crc32: '89abcdef' },
    { path: './last', sizeBytes: 1, crc32: 'd202ef8d' },
  ];

  test('reports entries that are longer than a row, points and verdict', () => {
    const report = read(bootCheckConsole({ entries, verdict: 'passed' }));
    expect(report.bootCheck).toEqual({ version: 1, entries, verdict: 'passed', reason: '', compared: false });
    expect(report).toMatchObject({ era: 'bootCheck', over: true, failure: null });
    expect(ids(report).slice(2)).toEqual([
      'boot-check:title',
      'boot-check:disk',
      'boot-check:a20',
      'boot-check:memory',
      'boot-check:interrupt',
      'boot-check:probe',
      'boot-check:stream',
      'boot-check:verdict',
    ]);
  });

  test('an entry that fills its row exactly is one entry', () => {
    const exact = {
      path: `./${'p'.repeat(80 - 'entry 1 d202ef8d ./'.length)}`,
      sizeBytes: 1,
      crc32: 'd202ef8d',
    };
    const report = read(bootCheckConsole({ entries: [exact, ...entries], verdict: null }));
    expect(report.bootCheck?.entries).toEqual([exact, ...entries]);
    expect(describeNow(report)).toBe('The boot check reads the stream: 4 entries so far.');
  });
});

describe('the verdict of a boot check', () => {
  const expected: BootCheckEntry[] = [
    { path: './a', sizeBytes: 3, crc32: '0000000a' },
    { path: './b', sizeBytes: 4, crc32: '0000000b' },
  ];
  const [a, b] = expected as [BootCheckEntry, BootCheckEntry];
  const check = (entries: BootCheckEntry[], verdict: string | null) =>
    read(bootCheckConsole({ entries, verdict }), expected);

  test('passes when every entry is as on the image', () => {
    expect(check(expected, 'passed')).toMatchObject({
      failure: null,
      bootCheck: { verdict: 'passed', compared: true },
    });
  });

  test.each([
    [
      'another sum',
      [a, { ...b, crc32: '000000ff' }],
      './b has 4 bytes, CRC-32 000000ff instead of 4 bytes, CRC-32 0000000b',
    ],
    ['another path', [{ ...a, path: './z' }, b], './z instead of ./a'],
    ['an entry short', [a], './b was not read'],
    ['an entry too many', [a, b, { ...b, path: './c' }], './c is not on the image'],
  ])('%s is found although the guest was content', (_, entries, subject) => {
    const { failure, over } = check(entries, 'passed');
    expect(failure).toMatchObject({ cause: 'boot-check-wrong-bytes', subject });
    expect(over).toBe(true);
  });

  test.each([
    ['failed no-lba', 'boot-check-machine', 'int 13h extensions'],
    ['failed a20', 'boot-check-machine', 'address line A20'],
    ['failed interrupt', 'boot-check-machine', 'software interrupt 0x80'],
    ['failed memory-short', 'boot-check-memory-short', ''],
    ['failed memory-bad', 'boot-check-memory-bad', ''],
    ['failed disk-error status 20 lba 4711', 'boot-check-disk-error', 'BIOS status 0x20 at sector 4711'],
    ['failed stream-truncated', 'boot-check-stream-truncated', ''],
  ])('verdict: %s', (verdict, cause, subject) => {
    expect(check([a], verdict).failure).toMatchObject({ cause, subject });
  });

  test('the first verdict counts', () => {
    const text = `${bootCheckConsole({ entries: [], verdict: 'failed a20' })}verdict: passed\r\n`;
    expect(read(text)).toMatchObject({
      bootCheck: { verdict: 'failed' },
      failure: { cause: 'boot-check-machine' },
    });
  });

  test('a restart after its verdict is no failure', () => {
    const report = read(
      bootCheckConsole({ entries: expected, verdict: 'passed' }) + renderBiosConsole(FIRMWARE_LINES),
      expected,
    );
    expect(report).toMatchObject({ boots: 2, failure: null, over: false, bootCheck: { verdict: 'passed' } });
  });

  test('a damaged stream names the entry that is known to be wrong', () => {
    expect(check([{ ...a, sizeBytes: 9 }, b], 'failed stream-damaged').failure).toMatchObject({
      cause: 'boot-check-stream-damaged',
      subject: './a has 9 bytes, CRC-32 0000000a instead of 3 bytes, CRC-32 0000000a',
    });
    expect(check([a], 'failed stream-damaged').failure).toMatchObject({ subject: '' });
  });
});
