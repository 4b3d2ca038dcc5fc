// Checkouts in words.
import { basename, dirname } from 'node:path';
import type { CheckoutListing } from '../../shared/contract/checkout.ts';
import type { CheckoutReport } from '../../shared/model/checkout.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/units.ts';
import { formatTable } from '../screen.ts';

export function describeCheckout({ id, path, known, isDefault, record }: CheckoutListing): string[] {
  const note = isDefault
    ? 'the default'
    : known
      ? 'a commit that Seedbed was tested with'
      : 'not a commit that Seedbed was tested with';
  if (record.kind === 'linked')
    return [
      `folder:   ${path}  (id ${id})`,
      `commit:   ${record.report.commit === null ? 'not known: the folder is no git work tree of its own' : `${record.report.commit}  (${note})`}`,
      ...describeDifferences(record.report),
    ];
  const absent = record.repositories.filter(({ state }) => state === 'absent');
  return [
    `commit:   ${record.commit}  (${note})`,
    `folder:   ${path}`,
    `holds:    live-bootstrap and ${record.repositories.length - absent.length - 1} submodules`,
    ...(absent.length === 0
      ? []
      : [
          `left out: ${absent.map((one) => basename(one.path)).join(', ')} (in ${dirname(absent[0]?.path ?? '')}); an image lacks their files`,
        ]),
  ];
}

export function describeVerification(report: CheckoutReport): string[] {
  if (report.commit === null)
    return [
      'The folder is no git work tree of its own: name a checkout to compare it with, --against default.',
    ];
  const present = report.repositories.filter(({ state }) => state === 'present').length;
  return [
    `commit:   ${report.commit}`,
    `compared: ${formatCount(report.files)} files, ${formatBytes(report.bytes)}, of ${present} repositories, in ${formatDuration(report.elapsedMilliseconds)}`,
    ...describeDifferences(report),
  ];
}

function describeDifferences(report: CheckoutReport): string[] {
  if (report.commit === null) return [];
  if (report.differences.length === 0) return ['The folder is exactly what its commits say.'];
  const inImage = report.differences.filter((one) => one.inImage).length;
  const rows = report.differences.map(({ kind, path, detail, ignored, inImage: may }) => [
    kind,
    path === '' ? 'live-bootstrap' : path,
    `${detail}${ignored ? ' (ignored by git)' : ''}${may ? '' : ' [not in an image]'}`,
  ]);
  return [
    `${differenceCount(report)}; ${inImage} may change the bytes of an image:`,
    ...formatTable(rows).map((line) => `  ${line}`),
    ...(report.leftOut === 0 ? [] : [`  … and ${report.leftOut} more`]),
  ];
}

export function differenceCount({ commit, differences, leftOut }: CheckoutReport): string {
  const count = differences.length + leftOut;
  if (commit === null) return 'no commit';
  return count === 1 ? '1 difference' : `${count} differences`;
}
