/** Values of TZ that the C library understands and Node does not: all local times would silently be GMT. */

/** @returns a warning, or '' when Node knows the zone */
export function timeZoneWarning(zone: string | undefined): string {
  const name = zone?.replace(/^:/, '') ?? '';
  // A path to a file of zones is understood, and so is what Intl knows by name.
  if (name === '' || name.startsWith('/') || isKnown(name)) return '';
  return (
    `warning TT_TIME_ZONE: TZ='${name.slice(0, 80)}' is not understood here: local times are those of GMT\n` +
    "  next: set TZ to the name of a zone, such as 'Asia/Kathmandu', or use --clock-gmt"
  );
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets such as +05:45 are known to Intl, but not as TZ.
    return !/^[+-]?\d/.test(name);
  } catch {
    return false;
  }
}
