// The Audit page's part of the address: which checkout, which program, which lines.
import type { AuditedProgramId } from '../../../shared/model/audit.ts';
import { AuditedProgramId as ProgramId } from '../../../shared/model/audit.ts';
import type { AuditView } from '../route-views.ts';
import { NO_AUDIT_VIEW, parseRoute } from '../route.ts';
import { replaceRoute } from '../use-route.ts';

/** Lines of a page of the table. */
export const PAGE_ROWS = 60;

export function changeAudit(part: Partial<AuditView>): void {
  const route = parseRoute(window.location.hash);
  if (route.page === 'audit')
    replaceRoute({ page: 'audit', view: { ...NO_AUDIT_VIEW, ...route.view, ...part } });
}

export function readProgram({ program }: AuditView): AuditedProgramId {
  return ProgramId.safeParse(program).data ?? 'hex0';
}

/** First line that is shown: a whole number of pages. */
export function readFrom({ from }: AuditView): number {
  const number = Number(from ?? '0');
  return Number.isSafeInteger(number) && number > 0 ? number - (number % PAGE_ROWS) : 0;
}
