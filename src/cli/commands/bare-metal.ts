// seedbed image checklist, seedbed log explain-screen
import { readFile, writeFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { formatPaperText } from '../../engine/formats/paper/paper-text.ts';
import { atPath } from '../../engine/os-errors.ts';
import type { TargetBus, TargetDrive } from '../../shared/model/bare-metal.ts';
import { MARK_SIGNS } from '../../shared/model/paper.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { readImageName } from './spec.ts';

interface ChecklistOptions extends Json {
  bootOn?: TargetBus;
  externalOn?: TargetBus;
  html?: string;
}

export async function checklist(name: string, options: ChecklistOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine, signal }) => {
    const drives = {
      boot: driveOn(options.bootOn, 'the boot drive'),
      external: driveOn(options.externalOn, 'the external drive'),
    };
    const image = readImageName(name, engine.places);
    const { paper, html } = await client.bareMetal.checklist({ image, drives }, { signal });
    const file = options.html;
    if (file !== undefined) await atPath(file, () => writeFile(file, html));
    if (options.json === true) screen.json(paper);
    else if (file === undefined) screen.stream(formatPaperText(paper));
    else screen.line(`Written: ${file}`);
  });
}

function driveOn(bus: TargetBus | undefined, name: string): TargetDrive | null {
  return bus === undefined ? null : { name, bus, sizeBytes: null };
}

const LONGEST_TEXT = 40_000;

export async function explainScreen(
  file: string | undefined,
  { json, image }: Json & { image?: string },
): Promise<void> {
  const screen = openScreen();
  const typed =
    file === undefined ? await textOf(process.stdin) : await atPath(file, () => readFile(file, 'utf8'));
  await withSession(async ({ client, engine, signal }) => {
    const named = image === undefined ? null : readImageName(image, engine.places);
    const reading = await client.bareMetal.explainScreen(
      { text: typed.slice(0, LONGEST_TEXT), image: named },
      { signal },
    );
    if (json === true) screen.json(reading);
    else {
      screen.line(reading.sentence);
      if (reading.hint !== '') screen.line(reading.hint);
      for (const { mark, title, text, takenFor } of reading.findings) {
        screen.line(`${MARK_SIGNS[mark]} ${title}: ${text}`);
        if (takenFor !== '') screen.line(`    taken for: ${takenFor}`);
      }
      for (const line of reading.unread) screen.line(`not understood: ${line}`);
    }
    if (reading.outcome !== 'passed') process.exitCode = 1;
  });
}
