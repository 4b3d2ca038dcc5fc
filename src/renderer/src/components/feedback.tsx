// Errors, empty places, waiting, findings: what is shown instead of, or above, the thing itself.
import type { ReactNode } from 'react';
import type { WireError } from '../../../shared/contract/errors.ts';
import type { Finding } from '../../../shared/model/host.ts';
import { pageHintOf } from '../../../shared/page-hints.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon, type IconName } from './icons.tsx';

type ShownError = Omit<WireError, 'data'> & { data?: unknown };

/** An error with its code, what happened, what to do now, and its details to copy. */
export function ErrorCard({ error, children }: { error: ShownError; children?: ReactNode }): ReactNode {
  const hint = pageHintOf(error.code, error.data) ?? error.hint;
  const details = (): string =>
    [`error[${error.code}]: ${error.message}`, `hint: ${hint}`, JSON.stringify(error.data ?? {})].join('\n');
  return (
    <section className="notice bad error-card" role="alert">
      <Icon name="warning" size={20} />
      <div className="notice-text">
        <p className="notice-title">{error.message}</p>
        {hint === '' ? null : <p>{hint}</p>}
        <p className="notice-foot">
          <code>{error.code}</code>
          <CopyButton text={details} label="Copy details of this error">
            Copy details
          </CopyButton>
          {children}
        </p>
      </div>
    </section>
  );
}

/** Nothing here yet: says what to do. */
export function Empty(props: { icon: IconName; title: string; children: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <Icon name={props.icon} size={30} />
      <p className="empty-title">{props.title}</p>
      <div className="empty-text">{props.children}</div>
    </div>
  );
}

export function Waiting({ children }: { children: ReactNode }): ReactNode {
  return (
    <p className="waiting" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

const FINDING_LOOK: Record<Finding['level'], { icon: IconName; word: string }> = {
  ok: { icon: 'check', word: 'In order' },
  warning: { icon: 'warning', word: 'Warning' },
  problem: { icon: 'cross', word: 'Problem' },
};

export function FindingList({ findings, label }: { findings: readonly Finding[]; label: string }): ReactNode {
  return (
    <ul className="findings" aria-label={label}>
      {findings.map((finding) => (
        <li key={finding.id} className={`finding ${finding.level}`}>
          <span className="finding-sign">
            <Icon name={FINDING_LOOK[finding.level].icon} size={16} />
            <span className="visually-hidden">{FINDING_LOOK[finding.level].word}</span>
          </span>
          <div>
            <p className="finding-what">{finding.what}</p>
            {finding.detail === '' ? null : <p className="finding-detail">{finding.detail}</p>}
            {finding.hint === '' ? null : <p className="finding-hint">{finding.hint}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
