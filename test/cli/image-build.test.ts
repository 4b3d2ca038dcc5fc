// Building images from the command line: presets, overlays, two disks, and what is said before anything is written.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ImagePreflight } from '../../src/shared/model/image-preflight.ts';
import type { ImageRecord } from '../../src/shared/model/image.ts';
import { makeCheckout, sha256 } from '../support/checkout-fixture.ts';
import { runCli } from '../support/cli.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const LATE = Buffer.from('late\n');

let folder = '';
let sources: string[] = [];
beforeEach(async () => {
  folder = makeFolder();
  const { path, distfiles } = await makeCheckout(folder, {
    edit: (files) =>
      files.set('steps/late-3.0/sources', `f http://example.org/late.tar.gz ${sha256(LATE)}\n`),
  });
  writeFileSync(join(distfiles, 'late.tar.gz'), LATE);
  sources = ['--checkout', path, '--distfiles', distfiles];
});

const cli = (...args: string[]) => runCli(args, { SEEDBED_HOME: join(folder, 'home') });

describe('image presets', () => {
  it('tell what each needs, and the overlays', async () => {
    const { code, stdout } = await cli('image', 'presets');
    expect(code).toBe(0);
    for (const word of [
      'first-stage',
      'bare-metal',
      'yours to choose: checkout, distfiles, disk',
      'serial-shell',
    ])
      expect(stdout).toContain(word);
    const { presets, overlays } = JSON.parse((await cli('image', 'presets', '--json')).stdout) as {
      presets: { id: string }[];
      overlays: { name: string }[];
    };
    expect(presets.map(({ id }) => id)).toContain('offline');
    expect(overlays.map(({ name }) => name)).toEqual(['offline', 'serial-shell', 'boot-menu']);
  });
});

describe('image build', () => {
  it('--preflight says what is missing and what hinders, writes nothing, and ends with 1', async () => {
    const store = sources.slice(0, 2);
    const { code, stdout } = await cli(
      'image',
      'build',
      ...store,
      '--preset',
      'offline',
      '--preflight',
      '--json',
    );
    expect(code).toBe(1);
    const found = JSON.parse(stdout) as ImagePreflight;
    expect(found.missing.map(({ name }) => name)).toEqual([
      'alpha-1.0.tar.gz',
      'beta-2.0.tar.xz',
      'late.tar.gz',
    ]);
    expect(found.findings.map((finding) => finding.code)).toEqual(['distfiles-missing', 'checkout-remark']);
    expect(found.disks.map(({ role }) => role)).toEqual(['boot', 'external']);
    expect(found.overlays.map(({ name }) => name)).toEqual(['boot-menu', 'offline']);
    expect(readdirSync(join(folder, 'home', 'images'))).toEqual([]);
    const words = await cli(
      'image',
      'build',
      ...sources,
      '--preset',
      'offline',
      '--preflight',
      '--memory',
      '2048',
    );
    expect(words.code).toBe(1);
    expect(words.stdout).toContain('error[memory-small]');
    expect(words.stdout).toContain('This cannot be built yet.');
  });

  it('builds two disks from a preset with an overlay of one’s own, and lists what was changed', async () => {
    const mine = join(folder, 'mine');
    mkdirSync(join(mine, 'steps', 'after'), { recursive: true });
    writeFileSync(join(mine, 'steps', 'after', '90-mine.sh'), '#!/bin/bash\necho mine\n');
    const options = ['--preset', 'offline', '--overlay', mine, '--external-size', '64', '--cores', '5'];
    const { code, stdout, stderr } = await cli('image', 'build', ...sources, ...options);
    expect({ code, errors: stderr.includes('error[') }).toEqual({ code: 0, errors: false });
    expect(stdout).toContain('external disk:');
    expect(stdout).toContain('+steps/after/90-mine.sh');
    expect(stdout).toContain('+steps/improve/get_network.sh');
    expect(stderr).toContain('warning[disk-small]');
    const [id = ''] = readdirSync(join(folder, 'home', 'images'));
    expect(readdirSync(join(folder, 'home', 'images', id)).sort()).toEqual([
      'boot.img',
      'external.img',
      'image.json',
    ]);
    const [image] = JSON.parse((await cli('image', 'list', '--json')).stdout) as {
      id: string;
      record: ImageRecord;
    }[];
    expect(image?.record.configuration).toMatchObject({
      cores: 5,
      externalSources: true,
      externalSizeMiB: 64,
    });
    expect(image?.record.bootstrapCfg).toContain('\nJOBS=5\n');
  });

  it('chooses no disk for a real machine', async () => {
    const refused = await cli('image', 'build', ...sources, '--preset', 'bare-metal');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('error[CONFIGURATION_REFUSED]');
    expect(refused.stderr).toContain('without asking');
    const options = ['--preset', 'bare-metal', '--disk', 'sdb1', '--external-size', '64'];
    const built = await cli(
      'image',
      'build',
      ...sources,
      ...options,
      '--json',
      '--out',
      join(folder, 'usb.img'),
    );
    expect(built.code).toBe(0);
    const { record } = JSON.parse(built.stdout) as { record: ImageRecord };
    expect(record.bootstrapCfg).toContain('\nDISK=sdb1\n');
    expect(readdirSync(folder)).toContain('usb.img.external.img');
  });

  it('refuses what would fail hours later, with the reason', async () => {
    const { code, stderr } = await cli('image', 'build', ...sources);
    expect(code).toBe(1);
    expect(stderr).toContain('Without a mirror the run fails hours after its start');
    expect(stderr).toMatch(/\nhint: Name a mirror/);
  });
});
