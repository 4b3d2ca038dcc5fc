// The first real success that anyone with a checkout can have: from the seed to 19 verified tools, on the real QEMU under TCG.
// About 20 minutes. LIVE_BOOTSTRAP_DIR names a checkout of live-bootstrap with its submodules.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { runCli } from '../support/cli.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'] ?? '';
const homes: string[] = [];
afterAll(async () => {
  for (const home of homes) {
    await runCli(['runs', 'stop'], { SEEDBED_HOME: home });
    await rm(home, { recursive: true, force: true });
  }
});

describe.skipIf(checkout === '')(
  `stage0 from a real checkout${checkout === '' ? ' [SKIPPED: LIVE_BOOTSTRAP_DIR is not set]' : ''}`,
  () => {
    it('verifies its 19 tools and script-generator, passes, and is ended by Seedbed', async () => {
      const home = await mkdtemp(join(tmpdir(), 'seedbed-long-'));
      homes.push(home);
      const args = ['run', '--checkout', checkout, '--goal', 'stage0', '--accel', 'tcg', '--json'];
      const { code, stdout, stderr } = await runCli(args, { SEEDBED_HOME: home });
      expect(stderr).not.toContain('error[');
      const { record, report } = JSON.parse(stdout) as RunSnapshot;
      expect(record.verdict).toMatchObject({ outcome: 'passed', goal: 'stage0' });
      expect(report.answers).toEqual({ ok: 19, failed: 0 });
      expect(report.src.entries).toBe(record.image.streamEntries);
      // QEMU did not end by itself: the goal was reached, and Seedbed asked it to quit.
      expect([record.stopReason, record.stoppedBy]).toEqual(['goal', 'quit']);
      expect(code).toBe(0);
    });
  },
);
