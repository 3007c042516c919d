// Promises, await, async iteration.
const log = [];
const later = (value) => new Promise((resolve) => Promise.resolve().then(() => resolve(value)));
async function worker(id, jobs) {
  let total = 0;
  for (const job of jobs) {
    try {
      total += await later(job);
      if (job % 7 === 0) throw new Error('job ' + job);
    } catch (e) {
      total -= 1;
    } finally {
      log.push(id);
    }
  }
  return total;
}
async function* ticks(n) {
  for (let i = 0; i < n; i++) yield await later(i);
}
(async () => {
  const jobs = Array.from({ length: 60 }, (_, i) => i);
  const totals = await Promise.all([1, 2, 3, 4].map((id) => worker(id, jobs)));
  let sum = 0;
  for await (const t of ticks(100)) sum += t;
  const settled = await Promise.allSettled([later(1), Promise.reject(new TypeError('x'))]);
  const first = await Promise.race([later('a'), later('b')]);
  return { totals, sum, settled, first, log: log.length };
})();
