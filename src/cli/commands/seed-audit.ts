// seedbed audit seed, audit checks
import type {
  AuditCheck,
  AuditedProgram,
  AuditRow,
  RepresentationCell,
  SeedAudit,
} from '../../shared/model/audit.ts';
import { AUDITED_PROGRAMS, AuditedProgramId } from '../../shared/model/audit.ts';
import { AUDIT_ROW_LIMIT } from '../../shared/contract/audit.ts';
import { SeedbedError } from '../../shared/errors.ts';
import { followJob } from '../follow.ts';
import type { Json } from '../program.ts';
import { formatTable, openScreen } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { readCheckoutName } from './checkout-options.ts';

interface SeedOptions {
  checkout: string;
  mutations?: boolean;
  all?: boolean;
}

export async function seed(name: string | null, options: Json & SeedOptions): Promise<void> {
  const screen = openScreen();
  const program = name === null ? null : readProgram(name);
  await withSession(async (session) => {
    const { client, engine } = session;
    const checkout = readCheckoutName(options.checkout, engine.places);
    const { jobId } = await client.audit.seed({ checkout, mutations: options.mutations === true });
    await followJob(session, screen, jobId);
    const audit = await client.audit.seedReport({ job: jobId });
    if (audit === null) return;
    const rows = program === null ? [] : await readRows(session, jobId, program);
    if (options.json === true) screen.json(program === null ? audit : { ...audit, rows });
    else {
      const lines =
        program === null ? auditLines(audit, options.all === true) : programLines(audit, program, rows);
      for (const line of lines) screen.line(line);
    }
    const failed = audit.checks.some(
      (one) => one.state === 'failed' && (program === null || one.program === program),
    );
    if (failed) process.exitCode = 1;
  });
}

export async function checks(options: Json): Promise<void> {
  const screen = openScreen();
  await withSession(async ({ client }) => {
    const list = await client.audit.checks();
    if (options.json === true) screen.json(list);
    else
      for (const { id, title, proves } of list) {
        screen.line(`${id}: ${title}`);
        screen.line(`    ${proves}`);
      }
  });
}

/** Throws SEED_PROGRAM_UNKNOWN. */
function readProgram(name: string): AuditedProgramId {
  const found = AuditedProgramId.safeParse(name);
  if (!found.success)
    throw new SeedbedError('SEED_PROGRAM_UNKNOWN', { program: name, programs: AUDITED_PROGRAMS.join(', ') });
  return found.data;
}

async function readRows({ client }: Session, job: string, program: AuditedProgramId): Promise<AuditRow[]> {
  const all: AuditRow[] = [];
  for (;;) {
    const { total, rows } = await client.audit.rows({
      job,
      program,
      from: all.length,
      limit: AUDIT_ROW_LIMIT,
    });
    all.push(...rows);
    if (rows.length === 0 || all.length >= total) return all;
  }
}

const ORDER: readonly AuditCheck['state'][] = ['failed', 'explained', 'not-checked', 'passed'];

export function auditLines(audit: SeedAudit, all: boolean): string[] {
  const { programs, checks: found, matrix, seedFiles, totals, tools } = audit;
  const shown = ORDER.flatMap((state) =>
    state === 'passed' && !all ? [] : found.filter((one) => one.state === state),
  );
  return [
    `checkout: ${audit.checkout}${audit.commit === null ? '' : ` at ${audit.commit.slice(0, 12)}`}`,
    `${totals.passed} checks passed, ${totals.explained} differ and are explained, ${totals.failed} failed, ${totals.notChecked} not checked`,
    `${seedFiles.filter(({ decodes }) => decodes).length} of ${seedFiles.length} seeds in machine code are what their text says`,
    '',
    ...formatTable([
      ['program', 'bytes', 'instructions', 'ran', 'known since', 'sha256'],
      ...programs.map((one) => [
        one.title,
        String(one.sizeBytes),
        String(one.instructions),
        one.executed === null ? '—' : `${one.executed} of ${one.instructions}`,
        one.version?.date ?? 'unknown version',
        one.sha256,
      ]),
    ]),
    '',
    'Other texts of the same programs:',
    ...formatTable(matrix.map(cellRow)),
    '',
    ...shown.map(checkLine),
    ...(all ? [] : [`${totals.passed} checks that passed are not listed: --all`]),
    '',
    `second opinions: ${tools.map(({ name, version }) => `${name} ${version === null ? 'absent' : `(${version})`}`).join(', ')}`,
    'what each check proves: seedbed audit checks   every byte of one: seedbed audit seed hex0',
  ];
}

function cellRow({ program, representation, state, detail }: RepresentationCell): string[] {
  return [`  ${program}`, representation, state, detail];
}

function checkLine({ state, id, program, done, held, title, detail }: AuditCheck): string {
  const numbers = done === 0 ? '' : ` ${held} of ${done}`;
  return `${state}: ${program ?? 'checkout'} ${id}${numbers}: ${title}${detail === '' ? '' : ` (${detail})`}`;
}

function programLines(audit: SeedAudit, id: AuditedProgramId, rows: readonly AuditRow[]): string[] {
  const program = audit.programs.find((one) => one.id === id);
  if (program === undefined) return [];
  return [
    `${program.title}: ${program.purpose}`,
    `${program.sizeBytes} bytes = ${program.budget.map(({ kind, bytes }) => `${bytes} ${kind}`).join(' + ')}`,
    `sha256 ${program.sha256}`,
    `from ${program.texts.map(({ file }) => file).join(' + ')}${program.file === null ? '' : `; machine code in ${program.file}`}`,
    ...program.notes.map((note) => `note: ${note}`),
    '',
    ...formatTable(rows.map(rowCells)),
    '',
    ...callLines(program),
    ...historyLines(program),
    ...program.findings.map(
      ({ file, line, text, explanation }) => `${file}:${line}: ${text}. ${explanation ?? 'Not explained.'}`,
    ),
    '',
    ...audit.checks.filter((one) => one.program === id).map(checkLine),
  ];
}

/** Bytes in a row that are shown; long data says how much is left out. */
const SHOWN_BYTES = 8;

function rowCells(row: AuditRow): string[] {
  const pairs = row.bytes.match(/../g) ?? [];
  const bytes = `${pairs.slice(0, SHOWN_BYTES).join(' ')}${pairs.length > SHOWN_BYTES ? ` +${pairs.length - SHOWN_BYTES}` : ''}`;
  const mark = row.agreement === 'data' ? '' : row.agreement === 'agrees' ? '=' : `≠ ${row.agreement}`;
  return [
    row.offset.toString(16).padStart(4, '0'),
    row.address.toString(16),
    bytes,
    row.instruction ?? row.kind,
    mark,
    row.claim ?? '',
    row.meaning === '' ? row.remark : row.meaning,
  ];
}

function callLines({ calls }: AuditedProgram): string[] {
  return calls.map(
    ({ address, name, count }) =>
      `call at 0x${address.toString(16)}: ${name}${count === null ? '' : `, ${count} times in the runs`}`,
  );
}

function historyLines({ history, version }: AuditedProgram): string[] {
  return history.map((one) => {
    const seen = one.seenIn.length === 0 ? '' : `  seen in: ${one.seenIn.join('; ')}`;
    return `${one === version || one.sha256 === version?.sha256 ? '→' : ' '} ${one.date}  ${one.sizeBytes} bytes  ${one.sha256}  ${one.commit.slice(0, 8)}${seen}`;
  });
}
