// seedbed runs pause|resume|power-down|reset|screen|type|checkpoint|checkpoints|remove-checkpoint|statistics|command
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Checkpoint } from '../../shared/model/machine.ts';
import type { RunSnapshot } from '../../shared/model/run.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/units.ts';
import { followJob, followToVerdict } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, formatWhen, openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';

type Name = { run: string };

async function pause(name: string, options: Json): Promise<void> {
  await press(name, options, 'pause');
}

async function powerDown(name: string, options: Json): Promise<void> {
  await press(name, options, 'powerDown');
}

async function reset(name: string, options: Json): Promise<void> {
  await press(name, options, 'reset');
}

async function press(
  name: string,
  options: Json,
  what: 'pause' | 'resume' | 'powerDown' | 'reset',
): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const ask: (input: Name) => Promise<RunSnapshot> = client.run[what];
    tell(screen, options, await ask({ run: name }));
  });
}

function tell(screen: Screen, { json }: Json, snapshot: RunSnapshot): void {
  if (json === true) screen.json(snapshot);
  else screen.line(`run ${snapshot.record.id}: ${snapshot.now}`);
}

export async function resume(
  name: string,
  options: Json & { from?: string; paused?: boolean; detach?: boolean },
): Promise<void> {
  const { from } = options;
  if (from === undefined) {
    if (options.paused === true) throw new SeedbedError('USAGE', { reason: '--paused belongs to --from.' });
    await press(name, options, 'resume');
    return;
  }
  const screen = openScreen();
  await withSession(async (session) => {
    const { client } = session;
    const asked = { run: name, checkpoint: from, paused: options.paused === true };
    const { jobId } = await client.run.resumeFrom(asked);
    const { runId } = await followJob(session, screen, jobId);
    if (runId === null) throw new SeedbedError('BUG', { reason: 'a run was resumed without an id' });
    screen.note(`run ${runId} goes on from checkpoint ${from}`);
    const detach = options.detach === true || options.paused === true;
    await followToVerdict(session, screen, runId, { ...options, detach });
  });
}

export async function screen(name: string, { json, out }: Json & { out?: string }): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const { record } = await client.run.show({ run: name });
    const { pngBase64 } = await client.run.screen({ run: record.id });
    const path = resolve(out ?? `screen-${record.id}.png`);
    await writeFile(path, Buffer.from(pngBase64, 'base64'));
    if (json === true) output.json({ run: record.id, path });
    else output.line(`Wrote the screen of run ${record.id} to ${path}`);
  });
}

/** Enter on a terminal sends a carriage return. */
const ENTER = '\r';

export async function type(
  name: string,
  text: string,
  { json, enter }: Json & { enter?: boolean },
): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const typed = enter === false ? text : text + ENTER;
    if (typed === '') throw new SeedbedError('USAGE', { reason: 'There is nothing to type.' });
    await client.run.type({ run: name, text: typed });
    if (json === true) output.json({ typed });
    else output.note('The machine took it.');
  });
}

export async function checkpoint(
  name: string,
  { json, label = 'checkpoint' }: Json & { label?: string },
): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const saved = await client.run.checkpoint({ run: name, label });
    if (json === true) output.json(saved);
    else
      output.line(
        `Saved as ${saved.id}: ${formatBytes(saved.costBytes)} on this disk; the machine stood still for ${formatDuration(saved.pausedMilliseconds)}.`,
      );
  });
}

async function checkpoints(name: string, { json }: Json): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const found = await client.run.checkpoints({ run: name });
    if (json === true) output.json(found);
    else if (found.length === 0)
      output.line(
        'Nothing was saved of this run. Runs save themselves when they are started with --checkpoints.',
      );
    else for (const line of formatTable(checkpointRows(found))) output.line(line);
  });
}

export async function removeCheckpoint(name: string, checkpoint: string, { json }: Json): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const removed = await client.run.removeCheckpoint({ run: name, checkpoint });
    if (json === true) output.json(removed);
    else
      output.line(
        `Removed checkpoint ${removed.checkpoint}: ${formatBytes(removed.freedBytes)} of this disk are free again.`,
      );
  });
}

function checkpointRows(found: readonly Checkpoint[]): string[][] {
  return [
    ['checkpoint', 'saved', 'log', 'costs', 'stood still', 'because'],
    ...found.map((one) => [
      one.id,
      formatWhen(one.at),
      formatBytes(one.logBytes),
      formatBytes(one.costBytes),
      formatDuration(one.pausedMilliseconds),
      one.why === 'jump' ? 'a jump was reached' : 'somebody asked',
    ]),
  ];
}

async function statistics(name: string, { json }: Json): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const { disks } = await client.run.statistics({ run: name });
    const { resources } = await client.run.show({ run: name });
    if (json === true) {
      output.json({ disks, resources });
      return;
    }
    for (const line of formatTable([
      ['disk', 'read', 'written', 'reads', 'writes', 'flushes', 'failed'],
      ...disks.map((disk) => [
        disk.disk,
        formatBytes(disk.readBytes),
        formatBytes(disk.writtenBytes),
        ...[disk.readOperations, disk.writeOperations, disk.flushOperations, disk.failedOperations].map(
          formatCount,
        ),
      ]),
    ]))
      output.line(line);
    if (resources === null) return;
    const cores = resources.cpuCores === null ? '' : `, ${resources.cpuCores.toFixed(2)} cores now`;
    output.line(`processor:  ${formatDuration(resources.cpuMilliseconds)}${cores}`);
    output.line(`memory:     ${formatBytes(resources.memoryBytes)}`);
    output.line(`disks here: ${formatBytes(resources.diskBytes)}, ${formatBytes(resources.freeBytes)} free`);
  });
}

export async function command(name: string, { json }: Json): Promise<void> {
  const output = openScreen();
  await withSession(async ({ client }) => {
    const found = await client.run.command({ run: name });
    if (json === true) output.json(found);
    else output.stream(found.script);
  });
}

/** Those that take a run and nothing else. */
export const MACHINE_ACTIONS = { pause, 'power-down': powerDown, reset, checkpoints, statistics };
