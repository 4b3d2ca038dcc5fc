// seedbed log explain
import { formatBytes, formatCount } from '../../shared/units.ts';
import { describeVerdict } from '../follow.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { issuesOf, timelineLines } from '../timeline-lines.ts';

export async function explain(file: string, { json, steps }: Json & { steps?: boolean }): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const found = await client.run.explain({ log: engine.places.mint(file).token }, { signal });
    if (json === true) {
      screen.json({ ...found, issues: issuesOf(found.verdict) });
      return;
    }
    const { report, verdict, timeline } = found;
    screen.line(`log:        ${found.label}`);
    screen.line(
      `size:       ${formatBytes(report.bytes)}, ${formatCount(report.lines)} lines${report.boots > 1 ? `, ${report.boots} starts of the machine` : ''}`,
    );
    screen.line(`era:        ${report.era ?? 'none that Seedbed knows'}`);
    screen.line(`got to:     ${found.now}`);
    screen.line(`src:        ${formatCount(report.src.entries)} entries loaded`);
    screen.line(`kaem:       ${formatCount(report.kaem.commands)} commands`);
    screen.line(`stage0:     ${report.answers.ok} tools verified, ${report.answers.failed} failed`);
    screen.line(`checksums:  ${report.checks.ok} right, ${report.checks.failed.length} wrong`);
    const marks = report.milestones.filter(({ id }) => !/^(?:build|answer|seed):/.test(id));
    if (marks.length > 0) screen.line('milestones:');
    for (const milestone of marks)
      screen.line(`  at byte ${String(milestone.offset).padStart(9)}  ${milestone.label}`);
    for (const line of timelineLines(timeline, { steps: steps === true })) screen.line(line);
    for (const line of describeVerdict(verdict)) screen.line(line);
  });
}
