// seedbed runs …
import type { RunSnapshot } from '../../shared/model/run.ts';
import { formatBytes, formatCount } from '../../shared/units.ts';
import { followRun, isLive, openPump, verdictLines } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatSpan, formatTable, formatWhen, openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';
import { issuesOf, timelineLines } from '../timeline-lines.ts';

export async function list({ json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const runs = await client.run.list({});
    if (json === true) screen.json(runs);
    else if (runs.length === 0) screen.line('No runs yet. Start one: seedbed run');
    else {
      const rows = runs.map((run) => [
        run.id,
        run.goal,
        run.verdict?.outcome ?? run.state,
        formatWhen(run.createdAt),
        formatSpan(run.startedAt, run.endedAt),
        run.accelerator ?? '',
        run.imageLabel,
      ]);
      for (const line of formatTable([
        ['run', 'goal', 'outcome', 'started', 'took', 'with', 'image'],
        ...rows,
      ]))
        screen.line(line);
    }
  });
}

export async function show(
  name: string,
  { json, now, steps }: Json & { now?: boolean; steps?: boolean },
): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, signal } = session;
    const first = await client.run.show({ run: name });
    const run = first.record.id;
    let last = first;
    if (isLive(first) && now !== true) {
      screen.note(`run ${run} is alive: attached; Ctrl-C leaves it running`);
      const end = await followRun(session, screen, run, { fromBytes: null, milestones: json !== true });
      last = end ?? (await client.run.show({ run }));
    }
    const timeline = await client.run.timeline({ run });
    if (json === true) screen.json({ ...last, timeline, issues: issuesOf(last.record.verdict) });
    else {
      describe(screen, last);
      for (const line of timelineLines(timeline, { steps: steps === true })) screen.line(line);
    }
    if (signal.aborted) process.exitCode = 130;
    else if (!isLive(last) && last.record.verdict?.outcome !== 'passed') process.exitCode = 1;
  });
}

export async function log(name: string, options: Json & { follow?: boolean; raw?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, signal } = session;
    const first = await client.run.show({ run: name });
    const run = first.record.id;
    if (options.json === true) {
      screen.json({
        run,
        logBytes: first.logBytes,
        milestones: first.report.milestones,
        failure: first.report.failure,
      });
      return;
    }
    const pump = openPump(client, screen, run, 0, { raw: options.raw === true });
    await pump(first.logBytes);
    if (options.follow !== true || !isLive(first)) return;
    for await (const snapshot of await client.run.watch({ run }, { signal })) {
      await pump(snapshot.logBytes);
      if (signal.aborted) break;
    }
  });
}

export async function events(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const found = await client.run.events({ run: name });
    if (json === true) screen.json(found);
    else for (const event of found) screen.line(`${event.at}  ${event.kind.padEnd(9)}  ${event.text}`);
  });
}

export async function stop(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const end = await client.run.stop({ run: name });
    if (json === true) screen.json(end);
    else describe(screen, end);
  });
}

export async function remove(name: string, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const { record } = await client.run.show({ run: name });
    await client.run.remove({ run: record.id });
    if (json === true) screen.json({ removed: record.id });
    else screen.line(`Removed run ${record.id} with its log.`);
  });
}

function describe(screen: Screen, snapshot: RunSnapshot): void {
  const { record, report } = snapshot;
  screen.line(`run:         ${record.id}  (${record.state})`);
  screen.line(`image:       ${record.image.label}`);
  if (record.assisted !== null)
    screen.line(
      `assisted:    given ${record.assisted.packages} packages that run ${record.assisted.run} had built`,
    );
  screen.line(`accelerator: ${record.accelerator.reason}`);
  screen.line(
    `log:         ${formatBytes(snapshot.logBytes)}, ${formatCount(report.lines)} lines; seedbed runs log ${record.id}`,
  );
  if (report.src.entries > 0) {
    screen.line(
      `loaded:      ${formatCount(report.src.entries)} of ${formatCount(record.image.streamEntries)} entries`,
    );
  }
  if (report.answers.ok + report.answers.failed > 0) {
    screen.line(`stage0:      ${report.answers.ok} tools verified, ${report.answers.failed} failed`);
  }
  for (const line of verdictLines(snapshot)) screen.line(line);
}
