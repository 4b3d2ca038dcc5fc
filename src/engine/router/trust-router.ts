// The contract's part for trust reports.
import { implement } from '@orpc/server';
import { trustContract, type TrustSubject } from '../../shared/contract/trust.ts';
import type { Checkouts } from '../checkout/checkouts.ts';
import type { DataFolder } from '../data-folder.ts';
import { formatPaperHtml } from '../formats/paper/paper-html.ts';
import { section } from '../formats/paper/parts.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { Places } from '../places.ts';
import type { Results } from '../results/results.ts';
import type { Runs } from '../run/runs.ts';
import { openTrustReports, type TrustReport } from '../trust/report.ts';
import { guarded } from './guard.ts';
import { namedImage } from './named-image.ts';

export interface TrustRouterNeeds {
  folder: DataFolder;
  runs: Runs;
  results: Results;
  checkouts: Checkouts;
  images: ImageStore;
  places: Places;
}

export function createTrustRouter(needs: TrustRouterNeeds) {
  const os = implement(trustContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const reports = openTrustReports({ ...needs, env: process.env });

  async function reportOn(subject: TrustSubject, signal: AbortSignal | undefined): Promise<TrustReport> {
    if ('run' in subject) return reports.ofRun(await needs.runs.resolveId(subject.run));
    const named = 'image' in subject ? { id: subject.image } : subject;
    return reports.ofImage(await namedImage(named, needs, signal));
  }

  return os.router({
    report: os.report.handler(async ({ input, signal }) => {
      const { paper, script } = await reportOn(input, signal);
      const attached = section('verify', 'Attached: verify.sh', '', [], { script });
      return { paper, script, html: formatPaperHtml({ ...paper, sections: [...paper.sections, attached] }) };
    }),
  });
}
