// seedbed … --in bwrap as a person uses it, with the built command line: everything at once, a run of the first stage, and what can be had here.
import { beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import type { SandboxAvailability } from '../../src/shared/model/sandbox.ts';
import { ensureBuilt } from '../support/built.ts';
import { runCli } from '../support/cli.ts';
import { sandboxMissing } from '../support/sandbox-host.ts';
import { useTempFolders } from '../support/temp.ts';
import { compileTiny, createTinyCheckout } from '../support/tiny-root/tiny-root.ts';

const makeFolder = useTempFolders();
beforeAll(ensureBuilt);
const missing = sandboxMissing('bwrap');
const title = missing === null ? 'sandboxes on the command line' : `sandboxes [SKIPPED: ${missing}]`;

describe.skipIf(missing !== null && process.env['REQUIRE_TOOLS'] !== '1')(title, () => {
  it('bootstraps to the end, says what it rests on, and then the first stage alone', async () => {
    const root = makeFolder();
    const fixture = await createTinyCheckout(root, compileTiny(root));
    const env = { SEEDBED_HOME: join(root, 'home') };
    const whole = await runCli(
      [
        ...['bootstrap', '--in', 'bwrap', '--checkout', fixture.path, '--folder', fixture.distfiles],
        ...['--no-mirrors', '--no-upstream', '--no-archives', '--no-git', '--cores', '1', '--json'],
      ],
      env,
    );
    expect(whole.stderr).not.toContain('error[');
    const { record } = JSON.parse(whole.stdout) as RunSnapshot;
    expect(record).toMatchObject({
      kind: 'bwrap',
      verdict: { outcome: 'passed', goal: 'end' },
      sandbox: { network: false, elevatedBy: null },
    });
    expect(record.sandbox?.restsOn).toContain('ran everything');
    expect(whole.code).toBe(0);

    const first = await runCli(
      ['run', '--in', 'bwrap', '--checkout', fixture.path, '--goal', 'stage0', '--json'],
      env,
    );
    expect(JSON.parse(first.stdout)).toMatchObject({
      record: { verdict: { outcome: 'passed', goal: 'stage0' } },
      report: { answers: { ok: 19, failed: 0 } },
    });

    const shown = await runCli(['runs', 'show'], env);
    expect(shown.stdout + shown.stderr).toContain('bubblewrap');
  });

  it('lists what can be had, and takes no image', async () => {
    const env = { SEEDBED_HOME: join(makeFolder(), 'home') };
    const { stdout } = await runCli(['sandbox', 'list', '--json'], env);
    const sandboxes = JSON.parse(stdout) as SandboxAvailability[];
    expect(sandboxes.find(({ mode }) => mode === 'bwrap')).toMatchObject({ available: true, hint: '' });
    const refused = await runCli(['run', '--in', 'bwrap', '--image', 'some'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--in bwrap and --in chroot take --checkout');
  });
});
