// One program's part of the audit: its checks, its findings, its rows.
import type {
  AuditCall,
  AuditCheck,
  AuditedProgram,
  AuditFinding,
  AuditRow,
  ExplainedDifferences,
  SeedVersion,
} from '../../shared/model/audit.ts';
import { formatRow } from '../formats/seed/annotate.ts';
import { decodeElfHeader } from '../formats/seed/elf-header.ts';
import type { ProgramRun } from '../formats/seed/i386-run.ts';
import { CALL_NAMES } from '../formats/seed/linux-calls.ts';
import { budgetOf, rowsOf } from './audit-rows.ts';
import { check, counted, notChecked } from './checks.ts';
import { type LoadedProgram, sameBytes, sha256Of } from './load-program.ts';
import type { ChainRun } from './run-programs.ts';
import {
  checkBootLayout,
  checkDecodes,
  checkHeaderFields,
  checkHeaderFits,
  checkTargets,
  codeOf,
  instructionsOf,
} from './static-checks.ts';

export interface ProgramAudit {
  program: AuditedProgram;
  checks: AuditCheck[];
  rows: AuditRow[];
}

export interface ProgramFacts {
  history: readonly SeedVersion[];
  explained: ExplainedDifferences;
  /** null: there is no copy of its text. */
  copyEqual: boolean | null;
  /** How the chain made it, in the interpreter; null for what it does not run. */
  made: ChainRun | null;
  runs: readonly ProgramRun[];
}

export function auditProgram(loaded: LoadedProgram, facts: ProgramFacts): ProgramAudit {
  const { program, bytes, assembled, annotated, texts } = loaded;
  const { history, copyEqual, runs } = facts;
  const { id } = program;
  const { rows } = annotated;
  const sha256 = sha256Of(bytes);
  const version = history.find((one) => one.sha256 === sha256) ?? null;
  const findings = findDisagreements(loaded, facts.explained);
  const executed = runs.length === 0 ? null : new Set(runs.flatMap((run) => run.executed));
  const calls = callsOf(loaded, runs);
  const header = decodeElfHeader(bytes);
  const firstCode = rows.find(({ kind }) => kind === 'code')?.offset ?? 0;
  const copy = copyEqual === null ? [] : [check('seed.source-copies', id, counted(1, copyEqual ? 1 : 0))];
  const layout = program.elf
    ? [
        check('seed.header-fields', id, checkHeaderFields(bytes)),
        check('seed.header-consistent', id, checkHeaderFits(bytes, program.base, firstCode)),
      ]
    : [check('seed.boot-layout', id, checkBootLayout(program, bytes))];
  const code = instructionsOf(rows);
  const ran = code.filter(({ address }) => executed?.has(address) === true).length;
  const checks = [
    check(
      'seed.known-version',
      id,
      counted(
        1,
        version === null ? 0 : 1,
        version === null ? `sha256 ${sha256} is not known` : versionText(version),
      ),
    ),
    check('seed.source-bytes', id, countEqualBytes(bytes, assembled.bytes)),
    ...copy,
    ...layout,
    check('seed.instructions-decode', id, checkDecodes(rows)),
    check(
      'seed.comments-agree',
      id,
      agreement(codeOf(rows).length, findings, (kind) => kind !== 'address'),
    ),
    ...(program.elf
      ? [
          check(
            'seed.addresses-agree',
            id,
            agreement(annotated.labels.size, findings, (kind) => kind === 'address'),
          ),
        ]
      : []),
    check('seed.targets-land', id, checkTargets(rows, program.base, bytes.length)),
    check('seed.calls-expected', id, judgeCalls(calls, program.calls)),
    check('seed.run-identical', id, judgeMade(facts.made, bytes)),
    check(
      'seed.run-covers',
      id,
      executed === null
        ? notChecked('it needs a BIOS; Seedbed’s interpreter runs Linux programs')
        : id === 'hex0'
          ? counted(code.length, ran)
          : { ...counted(code.length, code.length, `${ran} of ${code.length} instructions ran`), held: ran },
    ),
  ];
  const described: AuditedProgram = {
    id,
    title: program.title,
    purpose: program.purpose,
    file: program.file,
    texts,
    sizeBytes: bytes.length,
    sha256,
    baseAddress: program.base,
    budget: budgetOf(loaded, header.problem === null ? header.headerBytes : 0),
    fields: program.elf ? header.fields : [],
    instructions: code.length,
    executed: executed === null ? null : ran,
    steps: runs.length === 0 ? null : runs.reduce((sum, { steps }) => sum + steps, 0),
    calls,
    rows: rows.length,
    version,
    history: [...history],
    findings,
    notes: [
      ...(header.sharedBytes > 0 && program.elf
        ? [
            `ELF header and program header share ${header.sharedBytes} bytes: 52 + 32 bytes are written in ${header.headerBytes}.`,
          ]
        : []),
      ...program.notes,
    ],
  };
  return { program: described, checks, rows: rowsOf(loaded, executed, calls) };
}

function versionText({ sizeBytes, repository, commit, date, seenIn }: SeedVersion): string {
  return `${sizeBytes} bytes, ${repository} ${commit.slice(0, 8)} of ${date}; ${seenIn.join('; ')}`;
}

function countEqualBytes(bytes: Uint8Array, assembled: Uint8Array) {
  const total = Math.max(bytes.length, assembled.length);
  let equal = 0;
  for (let at = 0; at < total; at += 1) if (bytes[at] === assembled[at]) equal += 1;
  const first = [...bytes].findIndex((byte, at) => byte !== assembled[at]);
  return counted(
    total,
    equal,
    equal === total ? '' : `first difference at offset ${first < 0 ? bytes.length : first}`,
  );
}

function findDisagreements(
  { annotated, texts }: LoadedProgram,
  explained: ExplainedDifferences,
): AuditFinding[] {
  const explain = (file: string, line: number, text: string): string | null => {
    const sha256 = texts.find((one) => one.file === file)?.sha256;
    return (
      explained.comments.find((one) => one.sha256 === sha256 && one.line === line && one.found === text)
        ?.explanation ?? null
    );
  };
  const found: AuditFinding[] = annotated.rows.flatMap((row) => {
    const { agreement: kind, file, line, claim } = row;
    if (kind === 'agrees' || kind === 'data') return [];
    const text = `${claim ?? ''} is ${formatRow(row) ?? 'no instruction'}`;
    const loose = kind === 'width' ? 'The comment names the register in another width.' : null;
    return [{ file, line, kind, text, explanation: explain(file, line, text) ?? loose }];
  });
  const [main] = texts.slice(-1);
  return [
    ...found,
    ...annotated.wrongAddresses.map(({ label, line, claimed, actual }): AuditFinding => {
      const file = main?.file ?? '';
      const text = `${label} is said to be at 0x${claimed.toString(16)}, it is at 0x${actual.toString(16)}`;
      return { file, line, kind: 'address', text, explanation: explain(file, line, text) };
    }),
  ];
}

function agreement(
  total: number,
  findings: readonly AuditFinding[],
  wanted: (kind: AuditFinding['kind']) => boolean,
) {
  const ours = findings.filter(({ kind }) => wanted(kind));
  const open = ours.filter(({ explanation }) => explanation === null);
  const outcome = counted(total, total - ours.length, '');
  const words = `${ours.length} ${ours.length === 1 ? 'comment differs' : 'comments differ'}`;
  if (open.length > 0) return { ...outcome, detail: `${words}, ${open.length} unexplained` };
  return ours.length === 0
    ? outcome
    : { ...outcome, state: 'explained' as const, detail: `${words}, explained` };
}

function callsOf({ annotated }: LoadedProgram, runs: readonly ProgramRun[]): AuditCall[] {
  const made = new Map<string, AuditCall>();
  for (const { calls } of runs)
    for (const { address, number, count } of calls) {
      const name = CALL_NAMES[number] ?? `call ${number}`;
      const key = `${address} ${name}`;
      made.set(key, { address, name, count: (made.get(key)?.count ?? 0) + count });
    }
  const sites = instructionsOf(annotated.rows).flatMap(({ address, mnemonic, operands: [operand] }) =>
    mnemonic === 'int' && operand?.kind === 'immediate' ? [{ address, number: operand.value }] : [],
  );
  const known = [...made.values()];
  const rest = sites
    .filter(({ address }) => !known.some((call) => call.address === address))
    .map(({ address, number }): AuditCall => ({
      address,
      name: `int 0x${number.toString(16)}`,
      count: null,
    }));
  return [...known, ...rest].sort((a, b) => a.address - b.address);
}

/** A site that no run came to could ask for anything, unless it is one of a BIOS, whose number stands in the code. */
function judgeCalls(calls: readonly AuditCall[], allowed: readonly string[]) {
  const silent = calls.filter(
    ({ name, count }) => count === null && name === 'int 0x80' && !allowed.includes(name),
  );
  const wrong = calls.filter((call) => !silent.includes(call) && !allowed.includes(call.name));
  const names = [...new Set(calls.filter(({ count }) => count !== null).map(({ name }) => name))];
  const detail = [
    ...(names.length > 0 ? [names.join(', ')] : []),
    ...wrong.map(({ name, address }) => `not expected: ${name} at 0x${address.toString(16)}`),
    ...(silent.length > 0 ? [`${silent.length} sites were not reached in the run`] : []),
  ].join('; ');
  return {
    ...counted(calls.length, calls.length - wrong.length, detail),
    held: calls.length - wrong.length - silent.length,
  };
}

function judgeMade(made: ChainRun | null, bytes: Uint8Array) {
  if (made === null) return notChecked('Seedbed’s interpreter runs Linux programs; this one needs a BIOS');
  const { run, by } = made;
  if (made.made === null) return counted(1, 0, `${by} ended with ${run.ending} ${run.detail}`);
  const equal = sameBytes(made.made, bytes);
  return counted(1, equal ? 1 : 0, `made by ${by} in ${run.steps.toLocaleString('en')} steps`);
}
