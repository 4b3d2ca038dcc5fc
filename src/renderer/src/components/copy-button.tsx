// Copies a text and says that it did.
import { type ReactNode, useEffect, useState } from 'react';
import { Button, type ButtonProps } from './controls.tsx';

const SAID_MS = 2000;

export function CopyButton(props: {
  text: () => string;
  children?: ReactNode;
  /** What is copied, for readers. */
  label: string;
  size?: ButtonProps['size'];
  kind?: ButtonProps['kind'];
  disabled?: boolean;
}): ReactNode {
  const [said, setSaid] = useState<'' | 'Copied' | 'Not copied: the browser refused'>('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <Button
        icon={said === 'Copied' ? 'check' : 'copy'}
        kind={props.kind ?? 'quiet'}
        size={props.size ?? 'small'}
        label={props.label}
        {...(props.disabled === undefined ? {} : { disabled: props.disabled })}
        onPress={() => {
          navigator.clipboard.writeText(props.text()).then(
            () => setSaid('Copied'),
            () => setSaid('Not copied: the browser refused'),
          );
        }}
      >
        {props.children}
      </Button>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}
