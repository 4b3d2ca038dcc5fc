// A bill as CSV with the columns name,type,usage,url,checksum (RFC 4180; lines end in CR LF).
import type { Bill } from './bill.ts';

const COLUMNS = ['name', 'type', 'usage', 'url', 'checksum'] as const;

export function formatBillCsv({ files }: Pick<Bill, 'files'>): string {
  const rows = files.map(({ row }) => COLUMNS.map((column) => quote(row[column])));
  return [[...COLUMNS], ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** Also what a spreadsheet would take for a formula is text. */
function quote(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
