// The pure parts of what a host does for a machine: time that counts, space, answers, scripts for a shell, pictures, layers of disks.
import { execFileSync } from 'node:child_process';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeQcow2Layer } from '../../src/engine/formats/qcow2.ts';
import { dueAnswer, parseAnswers } from '../../src/engine/run/answer-script.ts';
import { createAwakeClock } from '../../src/engine/run/awake-clock.ts';
import { formatScript, onTerminal } from '../../src/engine/run/posix-script.ts';
import { resumedArguments } from '../../src/engine/run/resume-run.ts';
import { packPng } from '../../src/engine/run/screen.ts';
import { nextLookMilliseconds, spaceLimits } from '../../src/engine/run/space-guard.ts';

describe('waking time', () => {
  const clockOf = () => {
    const now = { monotonic: 0, wall: 1e12 };
    const clock = createAwakeClock({
      monotonic: () => now.monotonic,
      wall: () => now.wall,
      mostMilliseconds: 60_000,
    });
    return (monotonic: number, wall: number) => {
      now.monotonic += monotonic;
      now.wall += wall;
      return clock.tick();
    };
  };

  test('grows with the time between looks', () => {
    const pass = clockOf();
    pass(250, 250);
    expect(pass(1000, 1000)).toEqual({ awakeMilliseconds: 1250, missedMilliseconds: 0 });
  });

  test('leaves out a sleep, whether the monotonic clock slept too or went on', () => {
    const pass = clockOf();
    expect(pass(250, 3_600_250)).toEqual({ awakeMilliseconds: 250, missedMilliseconds: 3_600_000 });
    expect(pass(3_600_000, 3_600_000)).toEqual({ awakeMilliseconds: 250, missedMilliseconds: 3_600_000 });
  });

  test('does not follow a clock that is set, forward or back', () => {
    const pass = clockOf();
    expect(pass(250, -86_400_000)).toEqual({ awakeMilliseconds: 250, missedMilliseconds: -86_400_250 });
    expect(pass(250, 250).awakeMilliseconds).toBe(500);
  });
});

test('the less space there is, the sooner it is looked at again, and the limits leave room between stop and go', () => {
  for (const goal of ['boot-check', 'stage0', 'end'] as const) {
    const limits = spaceLimits(goal);
    expect(limits.enoughBytes).toBeGreaterThan(limits.lowBytes);
    const waits = [1e9, 5e9, 1e10, 1e12].map((free) => nextLookMilliseconds(free, limits));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    // A guest that writes a GiB a second does not get from here to nothing in that time.
    for (const [index, free] of [1e9, 5e9, 1e10].entries())
      expect(free - ((waits[index] ?? 0) / 1000) * 2 ** 30).toBeGreaterThanOrEqual(
        Math.min(limits.lowBytes, free) - 0.2 * 2 ** 30 - 1,
      );
  }
});

describe('a script of answers', () => {
  test('is lines with an arrow; comments and empty lines say nothing, an answer may be empty or hold an arrow', () => {
    expect(parseAnswers('# first\n\nCommand: => V\r\nName → a => b\n[TRAP =>\n')).toEqual([
      { expect: 'Command:', answer: 'V' },
      { expect: 'Name', answer: 'a => b' },
      { expect: '[TRAP', answer: '' },
    ]);
  });

  test.each(['Command:', '=> V'])('that cannot be read names its line: %s', (line) => {
    expect(() => parseAnswers(`a => b\n${line}`)).toThrow(
      expect.objectContaining({ data: { reason: expect.stringContaining('line 2') as string } }),
    );
  });

  test('gives the next answer only at its own prompt', () => {
    const answers = [
      { expect: 'One', answer: '1' },
      { expect: 'Two', answer: '2' },
    ];
    expect(dueAnswer(answers, 0, 'One? ')?.answer).toBe('1');
    expect(dueAnswer(answers, 0, 'Two? ')).toBeNull();
    expect(dueAnswer(answers, 1, 'Two? ')?.answer).toBe('2');
    expect(dueAnswer(answers, 2, 'One? ')).toBeNull();
  });
});

describe('a script for sh', () => {
  test('hands over every word as it is, whatever it holds', () => {
    // A NUL cannot be in an argument; a word that begins with "-" begins an option line.
    const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 50, maxLength: 200 }), (words) => {
        const script = formatScript(['printf', '%s\\0', ...words], ['two\nlines']);
        const told = execFileSync('sh', ['-c', script], {
          encoding: 'utf8',
          env: { LC_ALL: 'C.UTF-8' },
        });
        expect(told).toBe(words.map((one) => `${one}\0`).join(''));
      }),
      { numRuns: 3 },
    );
  });

  test('has the machine of the run, but console and disks of its own', () => {
    const argv = [
      'qemu',
      '-no-user-config',
      '-drive',
      'if=none,id=boot,node-name=disk-boot,file=disks/boot.qcow2,format=qcow2,cache=writeback,discard=unmap',
      '-device',
      'ide-hd,drive=boot',
      '-chardev',
      'socket,id=serial,path=serial.sock',
      '-serial',
      'chardev:serial',
      '-qmp',
      'unix:qmp.sock',
      '-qmp',
      'unix:events.sock',
      '-kernel',
      'kernel',
      '-S',
    ];
    const words = onTerminal(argv, { disk: (role) => `/a,b/${role}.img`, other: (name) => `/run/${name}` });
    expect(words.join(' ')).toBe(
      'qemu -no-user-config -drive if=none,id=boot,file=/a,,b/boot.img,format=raw,cache=unsafe,discard=unmap,snapshot=on ' +
        '-device ide-hd,drive=boot -kernel /run/kernel -serial mon:stdio',
    );
  });
});

test('a machine is taken up by the version of it that saved it, standing still', () => {
  const old = {
    argv: ['/old/qemu', '-machine', 'pc,graphics=off', '-S', '-m', '4096M'],
    qemu: { path: '/old/qemu', version: '7.2.22' },
  };
  expect(resumedArguments(old, { path: '/new/qemu', version: '9.1.0' })).toEqual([
    '/new/qemu',
    '-machine',
    'pc-i440fx-7.2,graphics=off',
    '-m',
    '4096M',
    '-S',
  ]);
});

test('a PPM picture becomes the same PNG picture', async () => {
  const pixels = Uint8Array.from({ length: 3 * 2 * 3 }, (_, index) => index * 13);
  const png = Buffer.from(await packPng(Buffer.concat([Buffer.from('P6\n3 2\n255\n'), pixels])));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
  const length = png.readUInt32BE(33);
  expect(png.toString('latin1', 37, 41)).toBe('IDAT');
  const rows = inflateSync(png.subarray(41, 41 + length));
  expect([...rows]).toEqual([0, ...pixels.subarray(0, 9), 0, ...pixels.subarray(9)]);
  await expect(packPng(Buffer.from('P6\n3 2\n255\nshort'))).rejects.toThrow(RangeError);
});

describe('an empty layer', () => {
  test('names what is below, and counts the clusters that it has', () => {
    const bytes = Buffer.from(encodeQcow2Layer(16 * 2 ** 30, 'boot.img'));
    expect(bytes.toString('latin1', 0, 3)).toBe('QFI');
    expect(bytes.readBigUInt64BE(24)).toBe(BigInt(16 * 2 ** 30));
    const name = Number(bytes.readBigUInt64BE(8));
    expect(bytes.toString('latin1', name, name + bytes.readUInt32BE(16))).toBe('boot.img');
    // 16 GiB / 512 MiB that an L1 entry covers.
    expect(bytes.readUInt32BE(36)).toBe(32);
    const clusters = bytes.length / 65_536;
    const counts = Array.from({ length: clusters + 1 }, (_, index) =>
      bytes.readUInt16BE(2 * 65_536 + 2 * index),
    );
    expect(counts).toEqual([...Array.from({ length: clusters }, () => 1), 0]);
  });

  test.each([0, 511, 2 ** 47])('of %d bytes there is none', (size) => {
    expect(() => encodeQcow2Layer(size, 'boot.img')).toThrow(RangeError);
  });
});
