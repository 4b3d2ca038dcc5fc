// seedbed trust report
import { writeFile } from 'node:fs/promises';
import { formatPaperText } from '../../engine/formats/paper/paper-text.ts';
import { atPath } from '../../engine/os-errors.ts';
import type { TrustSubject } from '../../shared/contract/trust.ts';
import { readWireError } from '../../shared/wire-errors.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';

interface ReportOptions extends Json {
  html?: string;
  script?: string;
}

export async function report(name: string, { json, html, script }: ReportOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async (session) => {
    const found = await session.client.trust.report(await subjectOf(session, name), {
      signal: session.signal,
    });
    for (const [file, text] of [
      [html, found.html],
      [script, found.script],
    ] as const) {
      if (file === undefined) continue;
      await atPath(file, () => writeFile(file, text));
      screen.note(`Written: ${file}`);
    }
    if (json === true) screen.json(found.paper);
    else if (html === undefined && script === undefined) screen.stream(formatPaperText(found.paper));
  });
}

/** A run before an image: ids of images have another form, so that both are never meant. */
async function subjectOf({ client, engine }: Session, name: string): Promise<TrustSubject> {
  if (/[/\\.]/.test(name)) return { place: engine.places.mint(name).token };
  try {
    return { run: (await client.run.show({ run: name })).record.id };
  } catch (error) {
    const images = await client.image.list({});
    if (readWireError(error).code === 'RUN_NOT_FOUND' && images.some(({ id }) => id === name))
      return { image: name };
    throw error;
  }
}
