/** Runs one case: its result, or the name of what it threw. The same on both sides. */
export async function runCase(run) {
  try {
    const value = await run();
    return value === undefined ? "undefined" : JSON.parse(JSON.stringify(value));
  } catch (error) {
    return { throws: error instanceof Error || error instanceof DOMException ? error.name : typeof error };
  }
}
