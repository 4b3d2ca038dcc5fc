// seedbed audit seed, audit checks, trust ddc from the command line, without a checkout: what is listed, and what is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

describe('seedbed audit', () => {
  let home = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'seedbed-audit-cli-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('lists every check with its id and what it proves, the same as JSON', async () => {
    const words = await runCli(['audit', 'checks'], { SEEDBED_HOME: home });
    expect(words.code).toBe(0);
    expect(words.stdout).toContain('seed.run-identical: Made again in Seedbed’s interpreter');
    const json = await runCli(['audit', 'checks', '--json'], { SEEDBED_HOME: home });
    const list = JSON.parse(json.stdout) as { id: string; proves: string }[];
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    for (const { id, proves } of list) {
      expect(words.stdout).toContain(`${id}: `);
      expect(proves).toMatch(/^[A-Z].*\.$/);
      expect(proves).not.toMatch(/trusted|secure|guaranteed|backdoor-free/i);
    }
  });

  it('names the programs that there are when another is asked for', async () => {
    const outcome = await runCli(['audit', 'seed', 'gcc'], { SEEDBED_HOME: home });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('error[SEED_PROGRAM_UNKNOWN]');
    expect(outcome.stderr).toContain('hex0, kaem, hex1');
  });

  it('says which folder is no checkout', async () => {
    for (const command of [
      ['audit', 'seed'],
      ['trust', 'ddc'],
    ]) {
      const outcome = await runCli([...command, '--checkout', home], { SEEDBED_HOME: home });
      expect(outcome.code).toBe(1);
      expect(outcome.stderr).toContain('error[CHECKOUT_INVALID]');
    }
  });
});
