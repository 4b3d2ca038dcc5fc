// A fetch in a process of its own, to be killed by tests. Arguments: data folder, file with the wanted distfiles as JSON. Prints `fetching`,
// then the report.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDistfiles } from '../../src/engine/distfiles/distfiles.ts';
import { openSettings } from '../../src/engine/settings.ts';
import type { WantedDistfile } from '../../src/shared/model/distfile.ts';

const [root = '', list = ''] = process.argv.slice(2);
const wanted = JSON.parse(await readFile(list, 'utf8')) as WantedDistfile[];
const distfiles = await openDistfiles(join(root, 'distfiles'), {
  settings: openSettings(root),
  env: process.env,
});
process.stdout.write('fetching\n');
const report = await distfiles.fetch(
  wanted,
  { mirrors: [], folders: [], change: { mirrors: false, archives: [], git: false, parallelPerHost: 8 } },
  { signal: new AbortController().signal, report: () => undefined },
);
process.stdout.write(`${JSON.stringify(report)}\n`);
