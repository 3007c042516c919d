/** node:path, POSIX. */

import path from "path-browserify";

const { basename, delimiter, dirname, extname, format, isAbsolute, join, normalize, parse, relative, resolve, sep } = path;
const toNamespacedPath = (name) => name;
const posix = { basename, delimiter, dirname, extname, format, isAbsolute, join, normalize, parse, relative, resolve, sep, toNamespacedPath };
posix.posix = posix;
posix.win32 = null;

export { basename, delimiter, dirname, extname, format, isAbsolute, join, normalize, parse, posix, relative, resolve, sep, toNamespacedPath };
export const win32 = null;
export default posix;
