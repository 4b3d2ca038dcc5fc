// seedbed flash, flash verify, flash records
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { DiskRole } from '../../shared/model/image.ts';
import type { FlashPlan, FlashSummary, FlashVerification } from '../../shared/model/flash.ts';
import { formatBytes, formatDuration } from '../../shared/units.ts';
import { askOnTerminal } from '../ask-before-flash.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, formatWhen, openScreen, type Screen } from '../screen.ts';
import { withSession } from '../session.ts';
import { verify as verifyImage } from './image-reading.ts';
import { readImageName } from './spec.ts';

interface FlashOptions extends Json {
  drive?: string;
  secondDrive?: string;
  disk?: DiskRole;
  yesIMean?: string[];
  resume?: boolean;
  eject?: boolean;
}

export async function flash(image: string | undefined, options: FlashOptions): Promise<void> {
  const { drive, secondDrive } = options;
  if (image === undefined || drive === undefined)
    throw new SeedbedError('USAGE', {
      reason: 'Name an image and the drive: seedbed flash IMAGE --drive ID.',
    });
  const screen = openScreen();
  const asking = new AbortController();
  const ask = askOnTerminal(options.yesIMean ?? [], asking.signal);
  await withSession(
    async (session) => {
      const { client, engine, signal } = session;
      signal.addEventListener('abort', () => asking.abort());
      screen.status('Comparing the image with its record', null);
      const plan = await client.flash.plan(
        {
          image: readImageName(image, engine.places),
          drives: secondDrive === undefined ? [drive] : [drive, secondDrive],
          ...(options.disk === undefined ? {} : { role: options.disk }),
        },
        { signal },
      );
      screen.clear();
      if (options.json !== true) for (const line of describePlan(plan)) screen.note(line);
      const answer = await client.flash.confirm({ plan: plan.id, typed: [] });
      if (answer.state !== 'confirmed')
        throw new SeedbedError('FLASH_NOT_CONFIRMED', {
          reason:
            options.yesIMean === undefined && !process.stdin.isTTY
              ? 'there is no terminal to ask on; name each drive by --yes-i-mean SERIAL or its size in bytes.'
              : 'the drive was not confirmed.',
        });
      const { jobId } = await client.flash.start({
        token: answer.token,
        eject: options.eject === true,
        resume: options.resume === true,
      });
      await followJob(session, screen, jobId);
      const records = await client.flash.report({ job: jobId });
      if (options.json === true) screen.json(records);
      else for (const line of [...records.flatMap(describeRecord), ...plan.advice]) screen.line(line);
    },
    { askBeforeFlash: ask },
  );
}

interface VerifyOptions extends Json {
  image?: string;
  disk?: DiskRole;
  record?: string;
  against?: string;
}

export async function verify(drive: string, options: VerifyOptions): Promise<void> {
  const { image, record, against } = options;
  if ([image, record, against].filter((one) => one !== undefined).length !== 1)
    throw new SeedbedError('USAGE', { reason: 'Name one of --image, --record and --against.' });
  if (against !== undefined) {
    await verifyAgainst(drive, against, options);
    return;
  }
  const screen = openScreen();
  await withSession(async (session) => {
    const { client, engine } = session;
    const { jobId } = await client.flash.verify({
      drive,
      against:
        image !== undefined
          ? {
              image: readImageName(image, engine.places),
              ...(options.disk === undefined ? {} : { role: options.disk }),
            }
          : existsSync(record ?? '')
            ? { recordFile: engine.places.mint(resolve(record ?? '')).token }
            : { record: record ?? '' },
    });
    await followJob(session, screen, jobId);
    const found = await client.flash.verification({ job: jobId });
    if (found === null) return;
    printVerification(found, options, screen);
  });
}

/** The readers of images take a device as they take a file. */
async function verifyAgainst(drive: string, against: string, options: Json): Promise<void> {
  const path = await withSession(async ({ client }) => (await client.drives.show({ drive })).drive.path);
  const given = { against, ...(options.json === true ? { json: true } : {}) };
  await verifyImage(path, given);
}

function printVerification(found: FlashVerification, { json }: Json, screen: Screen): void {
  if (!found.equal) process.exitCode = 1;
  if (json === true) {
    screen.json(found);
    return;
  }
  const { drive, against, offsetBytes, badChunkCount, badChunks } = found;
  if (found.equal) {
    const took = formatDuration(found.milliseconds);
    screen.line(`equal: ${drive} is ${against}, ${formatBytes(found.verifiedBytes)} read in ${took}`);
    return;
  }
  screen.line(`different: ${drive} is not ${against}`);
  screen.line(
    `first difference at byte ${String(offsetBytes)}; ${badChunkCount} pieces of 4 MiB differ: ${badChunks.join(', ')}`,
  );
}

export async function records(id: string | undefined, { json }: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    if (id !== undefined) {
      const record = await client.flash.record({ id });
      if (json === true) screen.json(record);
      else for (const line of describeRecord(record)) screen.line(line);
      return;
    }
    const all = await client.flash.records({});
    if (json === true) screen.json(all);
    else if (all.length === 0) screen.line('No drive was written yet.');
    else
      for (const line of formatTable(
        all.map(({ id: name, state, startedAt, drive, image }) => [
          name,
          state,
          formatWhen(startedAt),
          formatBytes(image.sizeBytes),
          image.role,
          drive.name,
        ]),
      ))
        screen.line(line);
  });
}

function describePlan({ targets, elevation, resumable }: FlashPlan): string[] {
  return [
    ...targets.flatMap(({ role, imageBytes, dataBytes, sha256 }, index) => [
      `${role}: ${formatBytes(imageBytes)}, of which ${formatBytes(dataBytes)} are not zeros; sha256 ${sha256}`,
      ...((resumable[index] ?? 0) > 0
        ? ['  an earlier try wrote part of it to this drive: --resume reads and keeps that']
        : []),
    ]),
    elevation.why,
  ];
}

function describeRecord(record: FlashSummary): string[] {
  const { drive, state, timings, verifiedBytes, chunksSha256, zeroedBytes, resumedChunks } = record;
  const spent = Object.entries(timings).map(([phase, time]) => `${phase} ${formatDuration(time)}`);
  return [
    `${state}: ${drive.name}`,
    `  read back: ${formatBytes(verifiedBytes)}, sha256 over its 4 MiB pieces ${chunksSha256}`,
    `  zeros: ${formatBytes(zeroedBytes)} (${record.zeroing}); kept of an earlier try: ${resumedChunks} pieces`,
    `  time: ${spent.join(', ')}`,
    ...(record.failure === null ? [] : [`  ${record.failure.code}: ${record.failure.message}`]),
    ...(record.ejectProblem === null ? [] : [`  not ejected: ${record.ejectProblem}`]),
    `  record: ${record.id}`,
  ];
}
