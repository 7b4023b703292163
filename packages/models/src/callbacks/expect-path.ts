import { ValueError } from '@gradus/tensor';

/**
 * Checks a path that comes before the options, where Keras takes it by name as well.
 *
 * @throws ValueError for anything but text.
 */
export function expectPath(owner: string, what: 'file' | 'folder', path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw new ValueError('callback/path', `${owner} needs the path of a ${what}.`, {
    got: path === '' ? 'an empty path' : path === null ? 'null' : typeof path,
    expected: 'the path as text, and options behind it',
    fix: `${owner}('${what === 'file' ? 'training.file' : 'folder'}', { ... })`,
  });
}
