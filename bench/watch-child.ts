// An engine that watches one run, in a process of its own, which says what it took. Arguments: data folder, run, seconds.
import { openDataFolder } from '../src/engine/data-folder.ts';
import { openRuns } from '../src/engine/run/runs.ts';

const [root = '', run = '', seconds = ''] = process.argv.slice(2);
const runs = await openRuns(await openDataFolder(root), {
  images: { buildIntoStore: () => Promise.reject(new Error('nothing is built here')) },
});
const ending = new AbortController();
let cpu = process.cpuUsage();
let began = performance.now();
// What it takes to start is not what it takes to watch.
setTimeout(() => {
  cpu = process.cpuUsage();
  began = performance.now();
}, 2000);
setTimeout(() => ending.abort(), Number(seconds) * 1000);
let logBytes = 0;
for await (const snapshot of runs.watch(run, ending.signal)) {
  // As a view does: each snapshot as text, and what is new of the log.
  JSON.stringify(snapshot);
  await runs.readLog(run, Math.max(0, logBytes), 262_144);
  ({ logBytes } = snapshot);
}
const used = process.cpuUsage(cpu);
const cpuShare = (used.user + used.system) / 1000 / (performance.now() - began);
process.stdout.write(
  JSON.stringify({ cpuShare, memoryBytes: process.resourceUsage().maxRSS * 1024, logBytes }),
);
await runs.close();
process.exit(0);
