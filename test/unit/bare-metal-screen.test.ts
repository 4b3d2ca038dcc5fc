// What a person typed off the boot check's screen: slips of the finger, cut rows and missing lines are understood; what is wrong is not talked away.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOOT_CHECK_REASONS, type BootCheckReason } from '../../src/engine/formats/boot-check-console.ts';
import { distance, readCrc32, readDecimal } from '../../src/engine/formats/bare-metal/alike.ts';
import { readScreen } from '../../src/engine/formats/bare-metal/read-screen.ts';
import type { ScreenReading } from '../../src/shared/model/bare-metal.ts';

const ENTRIES = [
  { path: '/hello', sizeBytes: 5, crc32: '3610a686' },
  { path: '/a/long/way', sizeBytes: 70_000, crc32: '0badcafe' },
];
const PASSED = [
  'Seedbed boot check 1',
  'disk: int 13h extensions ok',
  'a20: ok',
  'memory: 3071 MiB contiguous from 1 MiB',
  'interrupt: int 0x80 ok',
  'probe: ok',
  'entry 5 3610a686 /hello',
  'entry 70000 0badcafe /a/long/way',
  'stream: 2 entries, 70005 bytes, crc32 89abcdef',
  'verdict: passed',
];

function read(...lines: string[]): ScreenReading {
  return readScreen(lines.join('\n'), ENTRIES);
}

function marks(reading: ScreenReading): Record<string, string> {
  return Object.fromEntries(reading.findings.map(({ point, mark }) => [point, mark]));
}

describe('a screen that was typed as it stood', () => {
  it('passes, with nothing left over and nothing put right', () => {
    const reading = read(...PASSED);
    expect(reading).toMatchObject({ outcome: 'passed', unread: [] });
    expect(new Set(Object.values(marks(reading)))).toEqual(new Set(['equal']));
    expect(reading.findings.every(({ takenFor }) => takenFor === '')).toBe(true);
  });

  it.each(BOOT_CHECK_REASONS)('fails at its own point for the reason %s', (reason) => {
    const place = reason === 'disk-error' ? ' status 80 lba 1234' : '';
    const point: Record<BootCheckReason, string> = {
      'no-lba': 'disk',
      a20: 'a20',
      'memory-short': 'memory',
      'memory-bad': 'probe',
      interrupt: 'interrupt',
      'disk-error': 'entries',
      'stream-truncated': 'entries',
      'stream-damaged': 'stream',
    };
    const reading = read(`verdict: failed ${reason}${place}`);
    expect(reading.outcome).toBe('failed');
    expect(reading.hint).not.toBe('');
    const failed = reading.findings.filter(({ mark }) => mark === 'differs').map((one) => one.point);
    expect(failed).toEqual([point[reason], 'verdict']);
  });

  it('tells where a disk error was and what its status means', () => {
    const { findings } = read('verdict: failed disk-error status 80 lba 1234');
    expect(findings.find(({ point }) => point === 'entries')?.text).toBe(
      'A read failed five times at sector 1234 (byte 631808): the drive did not answer in time.',
    );
  });

  it('says how much memory is missing', () => {
    const { findings } = read('memory: 511 MiB contiguous from 1 MiB', 'verdict: failed memory-short');
    expect(findings.find(({ point }) => point === 'memory')?.text).toContain('ends at 512 MiB');
  });
});

describe('a screen that was typed by hand', () => {
  it('is understood with the last line alone', () => {
    const reading = read('verdict: passed');
    expect(reading.outcome).toBe('passed');
    expect(marks(reading)['interrupt']).toBe('equal');
    expect(read('passed').outcome).toBe('passed');
  });

  it('takes letters for digits that look like them', () => {
    const reading = read('mernory: 3O7l MiB contigous from 1 MiB', 'verdict: pased');
    expect(reading.outcome).toBe('passed');
    expect(reading.findings.find(({ point }) => point === 'memory')).toMatchObject({
      takenFor: 'memory: 3071 MiB contiguous from 1 MiB',
      text: 'Passed: 3071 MiB.',
    });
  });

  it('puts rows together that the screen or the person cut', () => {
    const path = `/${'deep/'.repeat(20)}end`;
    const line = `entry 12 00000000 ${path}`;
    const reading = readScreen(
      `${line.slice(0, 80)}\n${line.slice(80)}\nverdict: failed\ndisk-error status 04\nlba 77`,
      [{ path, sizeBytes: 12, crc32: '00000000' }],
    );
    expect(reading).toMatchObject({ outcome: 'failed', unread: [] });
    expect(reading.findings.find(({ point }) => point === 'entries')?.typed).toBe(line);
    expect(reading.findings.find(({ point }) => point === 'entries')?.text).toContain('at sector 77');
  });

  it('stays the same verdict when one letter of each line is another', () => {
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(0x61 + index));
    fc.assert(
      fc.property(
        fc.constantFrom('verdict: passed', 'verdict: failed memory-bad', 'verdict: failed stream-damaged'),
        fc.nat({ max: 200 }),
        fc.constantFrom(...letters),
        (line, place, letter) => {
          const at = [...line.matchAll(/[a-z]/g)].map(({ index }) => index);
          const where = at[place % at.length] ?? 0;
          const typed = line.slice(0, where) + letter + line.slice(where + 1);
          expect(read(typed).sentence).toBe(read(line).sentence);
        },
      ),
    );
  });

  it('takes a wrong sum for a wrong byte, and two wrong letters of it for a slip', () => {
    const other = read('entry 5 12345678 /hello', 'verdict: passed');
    expect(other.findings.find(({ point }) => point === 'entries')).toMatchObject({ mark: 'differs' });
    const slip = read('entry 5 3610a6b9 /hello', 'verdict: passed');
    expect(slip.findings.find(({ point }) => point === 'entries')?.text).toContain('slip of the finger');
    expect(slip.hint).toContain('look at it again');
  });

  it('notices numbers that the verdict contradicts, and another image', () => {
    expect(marks(read('memory: 512 MiB', 'verdict: passed'))['memory']).toBe('differs');
    expect(marks(read('stream: 3 entries, 9 bytes, crc32 00000000', 'verdict: passed'))['stream']).toBe(
      'differs',
    );
  });

  it('says what comes next when the verdict is missing', () => {
    const reading = read(...PASSED.slice(0, 4));
    expect(reading.outcome).toBe('unfinished');
    expect(reading.sentence).toContain('Next comes: 32-bit mode');
    expect(reading.hint).toContain('stands or restarts here');
    expect(marks(reading)).toMatchObject({ memory: 'equal', interrupt: 'unknown', verdict: 'unknown' });
  });
});

describe('a screen of something else', () => {
  it.each([
    ['Reboot and Select proper Boot device', 'nothing to start from'],
    ['Secure Boot Violation', 'Secure Boot'],
    ['PXE-E61: Media test failure', 'network'],
    ['error: no such partition.\ngrub rescue>', 'Another system'],
    ['lorem ipsum', 'None of these lines'],
    ['', 'None of these lines'],
  ])('is told apart: %s', (text, words) => {
    const reading = readScreen(text, null);
    expect(reading.outcome).toBe('not-a-boot-check');
    expect(reading.sentence).toContain(words);
  });

  it('takes any text without a fault', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('verdict:', 'failed', 'entry', 'memory:', 'stream:', '\n', 'status'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const reading = readScreen(words.join(' '), ENTRIES);
        expect(reading.sentence.length).toBeGreaterThan(10);
        expect(reading.sentence.length).toBeLessThanOrEqual(600);
      }),
    );
  });
});

it('counts letters that look alike as equal', () => {
  expect(distance('l0rn', 'iorn')).toBe(0);
  expect(distance('abc', 'abd')).toBe(1);
  expect([readDecimal('3,O7l'), readDecimal('x')]).toEqual([3071, null]);
  expect([readCrc32('O1lI0000'), readCrc32('123')]).toEqual(['01110000', null]);
});
