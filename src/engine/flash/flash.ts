// Writing drives: plans, the host's confirmation, the job, records, comparing at any later time. The only writer is the helper.
import { SeedbedError } from '../../shared/errors.ts';
import type { DriveConfirmation } from '../../shared/model/drive.ts';
import type {
  FlashConfirmation,
  FlashPlan,
  FlashQuestion,
  FlashRecord,
  FlashSummary,
  FlashVerification,
} from '../../shared/model/flash.ts';
import type { DiskRole, Image } from '../../shared/model/image.ts';
import type { Drives } from '../drives/drives.ts';
import { diskPathFor } from '../image/image-files.ts';
import type { JobContext } from '../jobs.ts';
import { hashDisk } from './chunk-hashes.ts';
import { describeElevation, type ElevationFacts, helperCommand } from './elevation.ts';
import { openFlashRecords, readFlashRecord } from './flash-records.ts';
import { adviceFor, type FlashRequest, type PlannedTarget, planTargets, questionFor } from './plan-flash.ts';
import { createTokens } from './tokens.ts';
import { verifyTarget } from './verify-target.ts';
import { writeTarget } from './write-target.ts';

/** What a host's own question came to. `typed`: a word a drive, where the host let the person type; null where the page did. */
export type FlashAnswer =
  { state: 'yes'; typed: string[] | null } | { state: 'no' } | { state: 'code'; where: string };

/** Asks the person, in a way that no page can answer. `code`: what the page passed on of what the host printed elsewhere. */
export type AskBeforeFlash = (question: FlashQuestion, code: string | null) => Promise<FlashAnswer>;

export interface Flash {
  plan(request: FlashRequest & { label: string }, context: JobContext): Promise<FlashPlan>;
  /** Throws FLASH_PLAN_UNKNOWN, FLASH_NOT_ALLOWED, FLASH_NOT_CONFIRMED when a word is not the one that was asked for. */
  confirm(answer: { plan: string; typed: string[]; code: string | null }): Promise<FlashConfirmation>;
  /** Takes the token back at once, whatever becomes of the work. Throws FLASH_PLAN_UNKNOWN. */
  redeem(token: string): FlashWork;
  compare(request: CompareRequest, context: JobContext): Promise<FlashVerification>;
  records(): Promise<FlashSummary[]>;
  record(id: string): Promise<FlashRecord>;
  recordPath(id: string): string;
}

export interface FlashWork {
  label: string;
  imageId: string | null;
  /** Records come as they change; the last one of each drive is returned. */
  run(
    options: { eject: boolean; resume: boolean },
    context: JobContext,
    onRecord: (record: FlashRecord) => void,
  ): Promise<FlashRecord[]>;
}

export interface CompareRequest {
  drive: string;
  against:
    | { image: Pick<Image, 'path' | 'record'>; label: string; role: DiskRole | undefined }
    | { record: string }
    | { recordPath: string };
}

export interface FlashNeeds {
  /** flashes/ of the data folder. */
  root: string;
  drives: Drives;
  host: string;
  /** null where this host may not write drives. */
  ask: AskBeforeFlash | null;
  elevation: ElevationFacts;
}

interface KeptPlan {
  planned: PlannedTarget[];
  question: FlashQuestion;
  imageId: string | null;
  label: string;
}

export function openFlash({ root, drives, host, ask, elevation }: FlashNeeds): Flash {
  const records = openFlashRecords(root);
  const tokens = createTokens<KeptPlan>();
  /** Drives that are being written by this process, by path. */
  const busy = new Set<string>();

  return {
    async plan(request, context) {
      const planned = await planTargets(request, drives, context);
      const targets = planned.map(({ target }) => target);
      const { imageId, label } = request;
      const kept = { planned, imageId, label, question: questionFor('', label, targets) };
      const id = tokens.add(kept);
      kept.question.plan = id;
      return {
        id,
        imageId,
        label,
        targets,
        elevation: await describeElevation(elevation),
        advice: adviceFor(request.image.record, targets),
        resumable: await Promise.all(
          targets.map(({ drive, chunksSha256 }) => records.resumable(drive.drive.id, chunksSha256)),
        ),
      };
    },
    async confirm({ plan, typed, code }) {
      const { question } = tokens.plan(plan);
      if (ask === null || !drives.allowWriting) throw new SeedbedError('FLASH_NOT_ALLOWED', { host });
      const answer = await ask(question, code);
      if (answer.state === 'no') {
        tokens.drop(plan);
        return { state: 'declined' };
      }
      if (answer.state === 'code') return { state: 'code-needed', where: answer.where };
      const words = answer.typed ?? typed;
      for (const [index, { confirmation, name }] of question.drives.entries())
        refuseWrongWord(confirmation, words[index] ?? '', name);
      return { state: 'confirmed', token: tokens.confirm(plan) };
    },
    redeem(token) {
      const { planned, imageId, label } = tokens.redeem(token);
      return {
        label,
        imageId,
        async run({ eject, resume }, context, onRecord) {
          const paths = planned.map(({ target }) => target.drive.drive.path);
          for (const path of paths)
            if (busy.has(path))
              throw new SeedbedError('FLASH_IN_USE', { drive: path, why: 'Seedbed is writing it' });
          for (const path of paths) busy.add(path);
          try {
            const command = await helperCommand(elevation);
            const written: FlashRecord[] = [];
            for (const one of planned) {
              const options = { drives, records, command, imageId, eject, resume };
              written.push(await writeTarget(one, options, context, onRecord));
            }
            return written;
          } finally {
            for (const path of paths) busy.delete(path);
          }
        },
      };
    },
    async compare({ drive: name, against }, context) {
      const drive = await drives.show(name, context.signal);
      const command = await helperCommand(elevation);
      if ('image' in against) {
        const { image, role, label } = against;
        const [first] = image.record.disks;
        const disk = image.record.disks.find((one) => one.role === (role ?? first.role));
        if (disk === undefined)
          throw new SeedbedError('FLASH_TARGETS', { reason: `the image has no ${String(role)} disk.` });
        const imagePath = diskPathFor(image.path, disk.role, first.role);
        const hashed = await hashDisk(imagePath, disk, context);
        const comparison = { ...hashed, drive, imagePath, imageBytes: disk.sizeBytes };
        return verifyTarget(
          { ...comparison, against: `the ${disk.role} disk of ${label}` },
          command,
          context,
        );
      }
      const record =
        'record' in against ? await records.get(against.record) : await readFlashRecord(against.recordPath);
      const { chunks, chunksSha256, image } = record;
      return verifyTarget(
        {
          drive,
          chunks,
          chunksSha256,
          imagePath: null,
          imageBytes: image.sizeBytes,
          against: `record ${record.id}`,
        },
        command,
        context,
      );
    },
    records: () => records.list(),
    record: (id) => records.get(id),
    recordPath: (id) => records.pathOf(id),
  };
}

/** Throws FLASH_NOT_CONFIRMED. */
function refuseWrongWord(confirmation: DriveConfirmation, word: string, drive: string): void {
  if (confirmation.kind === 'plain' || word.trim() === confirmation.text) return;
  throw new SeedbedError('FLASH_NOT_CONFIRMED', {
    reason: `the ${confirmation.what} of ${drive} was to be typed, and it was another word.`,
  });
}
