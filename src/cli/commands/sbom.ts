// seedbed sbom
import type { SbomFormat } from '../../shared/model/sbom.ts';
import type { Json } from '../program.ts';
import { openScreen } from '../screen.ts';
import { withSession } from '../session.ts';
import { writeTextFile } from './chain.ts';
import { readCheckoutName } from './checkout-options.ts';

interface SbomOptions {
  checkout: string;
  format: SbomFormat;
  image?: string;
  out?: string;
  force?: boolean;
}

export async function sbom(options: Json & SbomOptions): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client, engine }) => {
    const file = await client.sbom.write({
      checkout: readCheckoutName(options.checkout, engine.places),
      format: options.format,
      image: options.image ?? null,
    });
    if (options.json === true) screen.json(file);
    else await writeTextFile(file, options, screen);
  });
}
