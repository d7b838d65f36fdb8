/** A checkout that was built but whose packages are gone, or an installation without optional packages. */
import { errnoName, messageOf, TailtrapError } from './errors.ts';

/** The error as a person can act on it, or null when it is about something else. */
export function notInstalled(error: unknown): TailtrapError | null {
  const message = messageOf(error);
  const absent =
    errnoName(error) === 'ERR_MODULE_NOT_FOUND' ? /^Cannot find package '([^']+)'/.exec(message)?.[1] : null;
  const what = absent ?? (/native Koffi module/.test(message) ? 'koffi for this system' : null);
  if (what === null) return null;
  return new TailtrapError('TT_NOT_INSTALLED', `the package ${what} is not installed`, {
    next: 'run npm ci in the checkout, or install tailtrap again (not with --omit=optional)',
    cause: error,
  });
}
