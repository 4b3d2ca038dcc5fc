// One audited program: what it is for, what its bytes are, which version it is, what it asks of the kernel, and what was found.
import type { ReactNode } from 'react';
import type { AuditedProgram } from '../../../shared/model/audit.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Fold } from '../components/overlays.tsx';
import { Facts } from '../components/status.tsx';
import { BUDGET_WORDS } from '../derive/audit-view.ts';
import { shortHash } from '../derive/text.ts';

export function ProgramCard({ program }: { program: AuditedProgram }): ReactNode {
  const { sizeBytes, sha256, version, executed, instructions, steps } = program;
  return (
    <section className="card" aria-labelledby="program">
      <h2 id="program">{program.title}</h2>
      <p>{program.purpose}</p>
      <Budget program={program} />
      <Facts
        facts={[
          { name: 'Size', value: `${sizeBytes} bytes` },
          {
            name: 'sha256',
            value: (
              <span className="hash">
                <code>{shortHash(sha256)}…</code>
                <CopyButton text={() => sha256} label={`Copy the sha256 of ${program.title}`} />
              </span>
            ),
          },
          {
            name: 'Version',
            value: version === null ? 'not known' : `${version.date}, ${version.repository}`,
          },
          {
            name: 'Ran in the interpreter',
            value:
              executed === null
                ? 'no: it needs a BIOS'
                : `${executed} of ${instructions} instructions, ${(steps ?? 0).toLocaleString('en')} steps`,
          },
          { name: 'Made from', value: program.texts.map(({ file }) => file).join(' and ') },
        ]}
      />
      {program.notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
      <Findings program={program} />
      <Calls program={program} />
      <History program={program} />
    </section>
  );
}

function Budget({ program }: { program: AuditedProgram }): ReactNode {
  const { budget, sizeBytes } = program;
  return (
    <figure className="audit-budget" aria-label="What the bytes are">
      <div className="audit-budget-bar" aria-hidden="true">
        {budget.map(({ kind, bytes }) => (
          <span key={kind} className={`audit-budget-${kind}`} style={{ flexGrow: bytes / sizeBytes }} />
        ))}
      </div>
      <figcaption>
        <ul className="audit-budget-words">
          {budget.map(({ kind, bytes }) => (
            <li key={kind}>
              <span className={`audit-swatch audit-budget-${kind}`} aria-hidden="true" />
              {bytes} bytes of {BUDGET_WORDS[kind]}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function Findings({ program }: { program: AuditedProgram }): ReactNode {
  const { findings } = program;
  if (findings.length === 0) return null;
  return (
    <Fold title="Where a comment is not what the bytes are" summary={String(findings.length)}>
      <ul className="lines">
        {findings.map(({ file, line, text, explanation }) => (
          <li key={`${file} ${line} ${text}`}>
            <code>
              {file.slice(file.lastIndexOf('/') + 1)}:{line}
            </code>{' '}
            {text}. {explanation ?? 'Nobody has explained it yet.'}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function Calls({ program }: { program: AuditedProgram }): ReactNode {
  const { calls } = program;
  return (
    <Fold
      title="What it asks of the kernel or the BIOS"
      summary={`${calls.length} ${calls.length === 1 ? 'place' : 'places'}`}
    >
      <ul className="lines">
        {calls.map(({ address, name, count }) => (
          <li key={`${address} ${name}`}>
            <code>{address.toString(16)}</code> {name}
            {count === null ? ', not run' : `, ${count.toLocaleString('en')} times in the runs`}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function History({ program }: { program: AuditedProgram }): ReactNode {
  const { history, version } = program;
  return (
    <Fold title="Known versions, and who has them" summary={String(history.length)}>
      <ul className="lines">
        {history.map(({ sha256, date, sizeBytes, commit, repository, seenIn }) => (
          <li key={`${commit} ${sha256}`}>
            {sha256 === version?.sha256 ? <strong>This one: </strong> : null}
            {date}, {sizeBytes} bytes, <code>{shortHash(sha256)}…</code>, {repository}{' '}
            <code>{commit.slice(0, 8)}</code>
            {seenIn.length === 0 ? null : `. Seen in: ${seenIn.join('; ')}`}
          </li>
        ))}
      </ul>
    </Fold>
  );
}
