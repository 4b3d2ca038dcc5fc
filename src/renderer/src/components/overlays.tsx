// Dialogs and folded parts. React Aria keeps the focus inside a dialog and gives it back afterwards.
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Dialog as AriaDialog,
  Disclosure,
  DisclosurePanel,
  Heading,
  Modal,
  ModalOverlay,
} from 'react-aria-components';
import type { WireError } from '../../../shared/contract/errors.ts';
import { Button } from './controls.tsx';
import { ErrorCard } from './feedback.tsx';
import { Icon } from './icons.tsx';

export function Dialog(props: {
  open: boolean;
  title: string;
  wide?: boolean;
  alert?: boolean;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={props.open}
      isDismissable={props.alert !== true}
      onOpenChange={(open) => (open ? undefined : props.onClose())}
    >
      <Modal className={props.wide === true ? 'modal wide' : 'modal'}>
        <AriaDialog className="dialog" role={props.alert === true ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" className="dialog-title">
            {props.title}
          </Heading>
          {props.children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something that cannot be undone. The safe answer has the focus. */
export function ConfirmDialog(props: {
  open: boolean;
  title: string;
  children: ReactNode;
  action: string;
  keep: string;
  pending: boolean;
  error: WireError | null;
  onConfirm: () => void;
  onClose: () => void;
}): ReactNode {
  return (
    <Dialog open={props.open} title={props.title} alert onClose={props.onClose}>
      <div className="dialog-text">{props.children}</div>
      {props.error === null ? null : <ErrorCard error={props.error} />}
      <div className="dialog-actions">
        <Button onPress={props.onClose} autoFocus>
          {props.keep}
        </Button>
        <Button kind="danger" pending={props.pending} onPress={props.onConfirm}>
          {props.action}
        </Button>
      </div>
    </Dialog>
  );
}

export function Fold(props: {
  title: string;
  /** Said beside the title while it is folded. */
  summary?: string;
  open?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <Disclosure className="fold" defaultExpanded={props.open ?? false}>
      <Heading className="fold-heading">
        <AriaButton slot="trigger" className="fold-trigger">
          <Icon name="chevron" size={15} />
          <span>{props.title}</span>
          {props.summary === undefined ? null : <span className="fold-summary">{props.summary}</span>}
        </AriaButton>
      </Heading>
      <DisclosurePanel className="fold-panel">{props.children}</DisclosurePanel>
    </Disclosure>
  );
}
