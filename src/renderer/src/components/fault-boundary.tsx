// A fault of the page is shown, not a blank window: runs go on without the page, and a reload loses nothing.
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { describeError } from '../../../shared/error-texts.ts';

interface Props {
  children: ReactNode;
}

interface State {
  fault: unknown;
}

export class FaultBoundary extends Component<Props, State> {
  override state: State = { fault: null };

  static getDerivedStateFromError(fault: unknown): State {
    return { fault };
  }

  override componentDidCatch(fault: unknown, info: ErrorInfo): void {
    // For whoever looks into the page with a debugger; React has taken the tree away by now.
    reportError(new Error(`the page broke${info.componentStack ?? ''}`, { cause: fault }));
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    const { code, message, hint } = describeError(this.state.fault);
    return (
      <main className="page" role="alert">
        <h1>The page has broken</h1>
        <p>
          {message} <code>{code}</code>
        </p>
        <p>{hint} Runs go on by themselves; reloading this page loses nothing.</p>
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Reload
          </button>
        </p>
      </main>
    );
  }
}
