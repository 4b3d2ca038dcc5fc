// Buttons and links of one look. React Aria does keyboard, focus and pending state.
import type { ReactNode } from 'react';
import { Button as AriaButton, Link as AriaLink } from 'react-aria-components';
import { formatRoute, type Route } from '../route.ts';
import { Icon, type IconName } from './icons.tsx';

export interface ButtonProps {
  children?: ReactNode;
  icon?: IconName;
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  size?: 'small' | 'middle' | 'large';
  /** For a button that shows only an icon. */
  label?: string;
  pending?: boolean;
  disabled?: boolean;
  onPress?: () => void;
  slot?: string;
  /** Of a form. */
  submits?: boolean;
  autoFocus?: boolean;
  /** For the button that sends a form. */
  type?: 'submit';
}

export function Button(props: ButtonProps): ReactNode {
  const { children, icon, kind = 'plain', size = 'middle', label } = props;
  const square = children === undefined ? ' square' : '';
  return (
    <AriaButton
      className={`button ${kind} ${size}${square}`}
      isPending={props.pending ?? false}
      isDisabled={props.disabled ?? false}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(props.onPress === undefined ? {} : { onPress: props.onPress })}
      {...(props.submits === true ? { type: 'submit' as const } : {})}
      {...(props.slot === undefined ? {} : { slot: props.slot })}
      {...(props.type === undefined ? {} : { type: props.type })}
      {...(props.autoFocus === undefined ? {} : { autoFocus: props.autoFocus })}
    >
      {icon === undefined ? null : <Icon name={icon} size={size === 'large' ? 22 : 17} />}
      {children === undefined ? null : <span>{children}</span>}
    </AriaButton>
  );
}

export function PageLink(props: { to: Route; children: ReactNode; className?: string }): ReactNode {
  return (
    <AriaLink href={formatRoute(props.to)} className={props.className ?? 'link'}>
      {props.children}
    </AriaLink>
  );
}
