// Second stage of a bootstrap: the distfiles in the store, and where the machine will get them. Stored files were compared with their hash when they were
// stored, and are again while they are written to a disk.
import type { BootstrapSources } from '../../shared/model/bootstrap.ts';
import type { DistfileRow, WantedDistfile } from '../../shared/model/distfile.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import { requireAll } from '../distfiles/distfiles.ts';
import type { JobContext } from '../jobs.ts';
import type { BootstrapRequest } from './bootstrap.ts';
import type { BootstrapNeeds } from './bootstrap-needs.ts';

export interface DistfileStageResult {
  did: 'done' | 'found';
  detail: string;
  sources: BootstrapSources;
}

type Choices = Pick<BootstrapRequest, 'goal' | 'preset' | 'distfiles'>;

/** Throws DISTFILES_INCOMPLETE when a file is missing that has to travel on a disk, DISTFILES_BUSY, CANCELLED … */
export async function distfileStage(
  request: Choices,
  checkout: string,
  { distfiles }: Pick<BootstrapNeeds, 'distfiles'>,
  context: JobContext,
): Promise<DistfileStageResult> {
  if (request.goal === 'stage0')
    return { did: 'found', detail: 'The first stage needs no distfiles.', sources: 'none' };
  const wanted = await selectDistfiles(checkout, {});
  const before = absent(await distfiles.list(wanted));
  if (before.length > 0) await distfiles.fetch(wanted, request.distfiles, context);
  const rows = await distfiles.list(wanted);
  const missing = absent(rows);
  const sources = sourcesFor(request, missing.length);
  requireAll(sources === 'disk' ? rows : rows.filter(({ preNetwork }) => preNetwork));
  return {
    did: before.length === 0 ? 'found' : 'done',
    detail: describe(wanted, before.length, missing.length, sources),
    sources,
  };
}

function absent(rows: readonly DistfileRow[]): DistfileRow[] {
  return rows.filter(({ state }) => state !== 'present');
}

/** Everything on a disk where everything is there: then no network can fail hours after the start. */
function sourcesFor({ preset }: Choices, missing: number): BootstrapSources {
  if (preset === 'online') return 'mirror';
  return preset === 'offline' || missing === 0 ? 'disk' : 'mirror';
}

function describe(
  wanted: readonly WantedDistfile[],
  before: number,
  missing: number,
  sources: BootstrapSources,
): string {
  const there = `${wanted.length - missing} of ${wanted.length} distfiles are stored${before > missing ? `, ${before - missing} of them new` : ''}.`;
  if (sources === 'disk') return `${there} They all travel on a disk.`;
  const others = missing === 1 ? 'one that is missing' : `${missing} that are missing`;
  const rest = missing === 0 ? '' : ` The ${others} it looks for by itself.`;
  return `${there} The machine fetches what it needs later from this computer.${rest}`;
}
