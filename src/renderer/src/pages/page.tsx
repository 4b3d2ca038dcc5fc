// The frame of a page: heading, what it is for, actions. The heading gets the focus when the page changes.
import { type ReactNode, useEffect } from 'react';
import { PageLink } from '../components/controls.tsx';
import { Icon } from '../components/icons.tsx';
import type { Route } from '../route.ts';

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Seedbed`;
  }, [title]);
}

export function BackLink({ to, text }: { to: Route; text: string }): ReactNode {
  return (
    <PageLink to={to} className="back">
      <Icon name="chevron" size={14} />
      {text}
    </PageLink>
  );
}

export function Page(props: {
  title: string;
  lead?: ReactNode;
  back?: { to: Route; text: string };
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}): ReactNode {
  usePageTitle(props.title);
  return (
    <div className={props.wide === true ? 'page wide' : 'page'}>
      <header className="page-head">
        <div className="page-words">
          {props.back === undefined ? null : <BackLink {...props.back} />}
          <h1 tabIndex={-1}>{props.title}</h1>
          {props.lead === undefined ? null : <div className="lead">{props.lead}</div>}
        </div>
        {props.actions === undefined ? null : <div className="page-actions">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}
