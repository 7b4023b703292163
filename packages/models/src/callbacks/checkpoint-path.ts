import { unknownName } from '@gradus/tensor';
import { fixedText } from '../fixed-text.js';

/**
 * Fills in a path as Python's format would: `{epoch}`, `{epoch:02d}`, `{val_loss:.2f}`, `{loss:.1e}`.
 *
 * @throws NameError for a placeholder without value.
 * @example
 * checkpointPath('m-{epoch:02d}-{val_loss:.2f}.gradus', { epoch: 3, val_loss: 0.126 }); // => 'm-03-0.13.gradus'
 */
export function checkpointPath(path: string, values: Readonly<Record<string, number>>): string {
  return path.replace(
    /\{(\w+)(?::(0?)(\d*)(?:\.(\d+))?([dfe]?))?\}/g,
    (
      _,
      wanted: string,
      zero: string | undefined,
      width: string | undefined,
      digits: string | undefined,
      kind: string | undefined,
    ) => {
      const plain = (name: string): string => name.replace(/_/g, '').toLowerCase();
      const name =
        wanted in values ? wanted : Object.keys(values).find((key) => plain(key) === plain(wanted));
      const value = name === undefined ? undefined : values[name];
      if (value === undefined) throw unknownName('placeholder', wanted, Object.keys(values));
      let text = String(value);
      if (kind === 'e')
        text = value.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2');
      else if (kind === 'f') text = fixedText(value, Number(digits ?? 6));
      else if (digits !== undefined)
        text = String(Number(value.toPrecision(Math.max(1, Number(digits)))));
      return text.padStart(Number(width ?? 0), zero === '0' ? '0' : ' ');
    },
  );
}
