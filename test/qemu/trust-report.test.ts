// The trust report of a real run under TCG: what it measured is there, and its script finds the disk of that run equal.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { formatPaperText } from '../../src/engine/formats/paper/paper-text.ts';
import { openTrustReports } from '../../src/engine/trust/report.ts';
import { bannedWordsIn } from '../support/banned-words.ts';
import { buildBootCheck, qemuMissing, qemuTitle } from '../support/qemu.ts';
import { useRunHosts, watchToEnd } from '../support/run-host.ts';
import { quietContext, startRequest } from '../support/run-settings.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();
const openHost = useRunHosts();

describe.skipIf(qemuMissing() !== null)(qemuTitle('the trust report of a boot check run'), () => {
  test('names what executed it with its hashes, and can be checked with a shell alone', async () => {
    const root = tempFolder();
    const image = await buildBootCheck(root);
    const runs = await openHost({ root });
    const { id, qemu } = await runs.start(startRequest(root, { image }), quietContext);
    await watchToEnd(runs, id);
    const reports = openTrustReports({
      folder: await openDataFolder(join(root, 'data')),
      runs,
      results: { read: () => Promise.resolve(null) },
      checkouts: { list: () => Promise.resolve([]) },
      env: process.env,
    });
    const { paper, script } = await reports.ofRun(id);
    const items = paper.sections.flatMap((section) => section.items);
    const factOf = (item: string, name: string): string | undefined =>
      items.find((one) => one.id === item)?.facts.find((fact) => fact.name.startsWith(name))?.value;
    const sum = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(items.find((one) => one.id === 'claim')?.text).toMatch(
      /^The boot check passed: (\d+) of \1 entries were read equal to what the image holds\./,
    );
    expect(factOf('qemu', 'sha256')).toBe(sum(qemu?.path ?? ''));
    expect(factOf('firmware-0', 'path')).toMatch(/bios-256k\.bin$/);
    expect(factOf('firmware-0', 'sha256')).toBe(sum(factOf('firmware-0', 'path') ?? ''));
    expect(factOf('log', 'sha256')).toBe(sum(join(root, 'data', 'runs', id, 'serial.log')));
    const table = paper.sections.flatMap(({ tables }) => tables)[0]?.rows ?? [];
    expect(table.find(([part]) => part === 'QEMU')?.[2]).toContain('(TCG)');
    expect(bannedWordsIn(formatPaperText(paper))).toEqual([]);

    const verify = join(root, 'verify.sh');
    const disk = join(root, 'data', 'runs', id, 'disks', 'boot.img');
    writeFileSync(verify, script);
    expect(execFileSync('sh', [verify, disk], { encoding: 'utf8' })).toMatch(
      /^[1-9]\d* equal, 0 different\n$/,
    );
    const changed = readFileSync(disk);
    changed[1000] = (changed[1000] ?? 0) ^ 1;
    writeFileSync(disk, changed);
    expect(() => execFileSync('sh', [verify, disk], { stdio: 'pipe' })).toThrow();
  });
});
