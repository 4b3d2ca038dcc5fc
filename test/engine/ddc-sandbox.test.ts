// What `trust ddc --run` takes from a run in a sandbox: the tools of stage0 in its folder, hashed here, by upstream's names.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openResults } from '../../src/engine/results/results.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { stage0Sums } from '../../src/engine/trust/stage0-sums.ts';
import { putFiles } from '../support/ext-disk.ts';
import { createFakeImage } from '../support/fake-image.ts';
import { quietContext } from '../support/run-settings.ts';
import { scriptedRun } from '../support/scripted-data.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const RUN = '20261120-1300-bbbb';
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

it.skipIf(process.platform === 'win32')(
  'reads the tools out of the folder of a sandbox, a changed one too, and follows no link (skipped on Windows)',
  async () => {
    const root = makeFolder();
    const data = await openDataFolder(join(root, 'data'));
    const folder = join(data.runs, RUN);
    mkdirSync(folder, { recursive: true });
    const { record: fake } = createFakeImage(root, 'end');
    const [boot] = fake.disks;
    const disks = [{ ...boot, role: 'tree', file: 'root', regions: [] }];
    writeFileSync(join(folder, 'image.json'), JSON.stringify({ ...fake, kind: 'sandbox', disks }));
    const record = scriptedRun(RUN, {
      state: 'ended',
      endedAt: '2026-11-20T14:00:00.000Z',
      goal: 'end',
      sandbox: {
        tool: 'bubblewrap 0.8.0',
        network: false,
        elevatedBy: null,
        kernel: 'Linux 6.1.0',
        restsOn: 'This host’s kernel.',
      },
    });
    const answers = ['M1', 'hex2', 'kaem', 'catm'].map((name) => `${sum(name)}  x86/bin/${name}\n`).join('');
    putFiles(folder, {
      'run.json': JSON.stringify(record),
      'events.jsonl': '',
      'serial.log': 'x86/bin/M1: OK\r\n',
      'lists/x86.answers': answers,
      'lists/steps/manifest': 'build: bash-1\n',
      'lists/steps/SHA256SUMS.pkgs': '',
      'lists/configurator.x86.checksums': '',
      'lists/script-generator.x86.checksums': '',
      'root/x86/bin/M1': 'M1',
      'root/x86/bin/hex2': 'not what upstream has',
    });
    writeFileSync(join(root, 'kaem'), 'kaem');
    symlinkSync(join(root, 'kaem'), join(folder, 'root/x86/bin/kaem'));
    const results = openResults({
      folder: data,
      runs: { show: () => Promise.resolve({ record }) } as unknown as Pick<Runs, 'show' | 'timeline'>,
      imagePath: () => Promise.resolve(null),
      checkout: () => Promise.resolve(null),
    });
    const found = await results.collect(RUN, quietContext);
    const made = new Map([
      ['x86/bin/M1', sum('M1')],
      ['x86/bin/hex2', sum('not what upstream has')],
    ]);
    expect(stage0Sums(found)).toEqual(made);
    // The folder may go: what was collected stays.
    rmSync(join(folder, 'root'), { recursive: true });
    const kept = await results.read(RUN);
    expect(kept === null ? null : stage0Sums(kept)).toEqual(made);
  },
);
