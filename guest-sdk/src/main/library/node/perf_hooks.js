/** node:perf_hooks. */

export const { performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure } = globalThis;
export const constants = {};
export default { performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, constants };
