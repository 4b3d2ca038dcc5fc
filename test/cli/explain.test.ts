// seedbed log explain on consoles of whole bootstraps, as a person reads them and as a program does.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapConsole } from '../support/bootstrap-consoles.ts';
import { runCli } from '../support/cli.ts';

let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'seedbed-explain-'));
  await writeFile(
    join(home, 'failed.log'),
    bootstrapConsole({ end: { at: 'build:libtool-2.2.4:1', how: 'product-mismatch' } }),
  );
});
afterAll(() => rm(home, { recursive: true, force: true }));

const cli = (...args: string[]) => runCli(args, { SEEDBED_HOME: home });

describe('seedbed log explain', () => {
  it('tells stages, the steps around the last one, cause, evidence, next step and known issues', async () => {
    const { code, stdout } = await cli('log', 'explain', join(home, 'failed.log'));
    expect(code).toBe(0);
    for (const words of [
      /bash under Fiwix \(\/steps\/2\.sh\) +FAILED/,
      /libtool-2\.2\.4 \(pass 1\) +FAILED +comparing the package with its known checksum/,
      /binutils-2\.30 \(pass 1\)/,
      /verdict: failed — libtool-2\.2\.4_0\.tar\.bz2 was built, but is not byte for byte/,
      /at byte \d+: libtool-2\.2\.4_0\.tar\.bz2: FAILED/,
      /^hint: /m,
      /^see: libtool-2\.2\.4: .*\/pull\/537$/m,
    ])
      expect(stdout).toMatch(words);
    expect(stdout).not.toContain('gcc-15.2.0');
    const all = await cli('log', 'explain', '--steps', join(home, 'failed.log'));
    expect(all.stdout).toContain('gcc-15.2.0');
  });

  it('gives the same as one JSON object', async () => {
    const { stdout } = await cli('log', 'explain', '--json', join(home, 'failed.log'));
    const found = JSON.parse(stdout) as {
      verdict: { cause: string; slice: { fromBytes: number } };
      timeline: { source: string; timed: boolean; steps: { id: string; state: string }[] };
      issues: { url: string }[];
    };
    expect(found.verdict).toMatchObject({ cause: 'product-mismatch' });
    expect(found.timeline).toMatchObject({ source: 'known', timed: false });
    expect(found.timeline.steps.find(({ id }) => id === 'build:libtool-2.2.4:1')?.state).toBe('failed');
    expect(found.issues[0]?.url).toContain('/pull/537');
  });
});
