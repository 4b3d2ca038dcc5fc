// The grammar on logs of real runs, which stand beside the repository (shared/data/serial), not in it.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import { ConsoleReport } from '../../src/shared/model/console.ts';
import { knownSteps } from '../support/bootstrap-consoles.ts';
import { hasRealLogs, realLog, STAGE0_TOOLS } from '../support/consoles.ts';

function readAll(bytes: Uint8Array): ConsoleReport {
  const reader = openConsoleReader();
  reader.push(bytes);
  return reader.report();
}

const ended = { processEnded: true, stopped: false } as const;
const MES = {
  file: '/external/distfiles/mes-0.27.1.tar.gz',
  wanted: '183a40ea47ea49f8a1e3bd1b9d12e676374d64d63bc79e7bc1ae7d673dfdf25d',
  received: 'b5a2c96250612366ea272ffac6d9744aaf4b45aacd96aa7cfcb931ee3b558259',
};

describe.skipIf(!hasRealLogs)('real logs (skipped: no ../shared/data/serial here)', () => {
  const name = 'stage0-qemu-tcg.log';

  test('QEMU under TCG: 2345 entries, 3 seeds, 222 commands, 19 tools', () => {
    const report = readAll(realLog(name));
    expect(report).toMatchObject({
      bytes: 157_375,
      lines: 5942,
      boots: 1,
      era: 'kaem',
      tail: '',
      src: { entries: 2345 },
      kaem: { commands: 222, last: 'sha256sum -c sources.SHA256SUM' },
      step: { name: 'mes-0.27.1', pass: 1 },
      answers: { ok: 19, failed: 0 },
      over: true,
    });
    const ids = report.milestones.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('seed:'))).toHaveLength(3);
    expect(ids.filter((id) => id.startsWith('answer:'))).toEqual(
      STAGE0_TOOLS.map((tool) => `answer:${tool}`),
    );
    expect(report.checks.ok).toBe(23);
    expect(report.checks.failed).toHaveLength(4);
  });

  test('the cause is the checksum of mes, with both sums', () => {
    const { failure, checks } = readAll(realLog(name));
    expect(failure).toMatchObject({ cause: 'source-mismatch', subject: 'mes-0.27.1.tar.gz' });
    expect(failure?.evidence.slice(0, 3).map(({ text }) => text)).toEqual([
      `${MES.file}: FAILED`,
      `Wanted:   ${MES.wanted}`,
      `Received: ${MES.received}`,
    ]);
    expect(checks.failed[0]).toMatchObject(MES);
  });

  test.each([
    ['stage0-qemu-tcg.log', 150_881, 153_401],
    ['stage0-chroot.log', 50_171, 52_613],
  ])('%s: two builds done from %i on, mes failed at its sources', (log, begin, end) => {
    const expected = expectedSteps(knownSteps());
    const reader = openConsoleReader({ steps: { expected, exact: true } });
    reader.push(realLog(log));
    const seen = reader.traces().filter(({ state }) => state !== 'waiting');
    expect(seen.map(({ step, state }) => `${step.id} ${state}`)).toEqual([
      'build:checksum-transcriber-1.0:1 done',
      'build:simple-patch-1.0:1 done',
      'build:mes-0.27.1:1 running',
    ]);
    expect(seen[0]).toMatchObject({ startOffset: begin, endOffset: end });
    const report = reader.report();
    expect(report.position).toMatchObject({ id: 'build:mes-0.27.1:1', state: 'failed', builds: { done: 2 } });
    expect(report.failure?.step).toEqual({
      id: 'build:mes-0.27.1:1',
      title: 'mes-0.27.1 (pass 1)',
      phase: 'getting sources',
    });
  });

  test('failed for the goal end, passed for the goal stage0, explained as failed', () => {
    const report = readAll(realLog(name));
    expect(judge(report, { ...ended, goal: 'end' })).toMatchObject({
      outcome: 'failed',
      cause: 'source-mismatch',
    });
    expect(judge(report, { ...ended, goal: 'stage0' })).toMatchObject({ outcome: 'passed', cause: null });
    expect(explainLog(report)).toMatchObject({
      goal: 'end',
      verdict: { outcome: 'failed', cause: 'source-mismatch' },
    });
  });

  test('offsets are those of rows in the file', () => {
    const bytes = realLog(name);
    const { milestones, failure } = readAll(bytes);
    const rowAt = (offset: number) =>
      new TextDecoder().decode(bytes.subarray(offset, offset + 90)).split('\r\n')[0];
    const at = (id: string) => rowAt(milestones.find((one) => one.id === id)?.offset ?? -1);
    for (const { offset } of milestones.slice(1)) expect(bytes[offset - 1]).toBe(0x0a);
    expect(at('boot-disk')).toBe('Booting from Hard Disk...');
    expect(at('script-generator-verified')).toBe('script-generator: OK');
    expect(at('build:mes-0.27.1:1')).toBe(' +> pkg=mes-0.27.1 ');
    expect(at('mini-kaem')).toBe(' +> ./x86/artifact/kaem-0 ./x86/mescc-tools-mini-kaem.kaem ');
    for (const { offset, text } of failure?.evidence ?? []) expect(rowAt(offset)).toBe(text);
  });

  test('a chroot: no firmware, rows never cut, the same cause', () => {
    const report = readAll(realLog('stage0-chroot.log'));
    expect(report).toMatchObject({
      boots: 0,
      era: 'kaem',
      src: { entries: 0 },
      kaem: { commands: 222 },
      answers: { ok: 19, failed: 0 },
      failure: { cause: 'source-mismatch', subject: 'mes-0.27.1.tar.gz' },
    });
    expect(report.lines).toBe(report.rows);
    expect(judge(report, { ...ended, goal: 'stage0' })?.outcome).toBe('passed');
  });

  test('KVM that cannot run the machine', () => {
    const report = readAll(realLog('kvm-broken.log'));
    expect(report).toMatchObject({ boots: 1, era: 'firmware', lines: 2, failure: null, over: false });
    const qemuOutput = new TextDecoder().decode(realLog('kvm-broken.qemu.log'));
    const verdict = judge(report, { processEnded: false, stopped: false, goal: 'boot-check', qemuOutput });
    expect(verdict).toMatchObject({ outcome: 'failed', cause: 'accelerator-fault' });
    expect(verdict?.sentence).toContain('KVM internal error. Suberror: 1');
    expect(explainLog(report).verdict.outcome).toBe('unfinished');
  });

  test('every prefix gives a report that fits the model, and one pass of it the same as many', () => {
    const bytes = realLog(name);
    const reader = openConsoleReader();
    for (let at = 0; at < bytes.length; at += 7919) {
      reader.push(bytes.subarray(at, at + 7919));
      const report = reader.report();
      expect(() => ConsoleReport.parse(report)).not.toThrow();
      expect(report).toEqual(readAll(bytes.subarray(0, at + 7919)));
    }
  });
});
