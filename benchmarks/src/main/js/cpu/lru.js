// A cache on Map's order of insertion, with sets of keys.
class Lru { constructor(size) { this.size = size; this.map = new Map(); } get(k) { const v = this.map.get(k); if (v === undefined) return v; this.map.delete(k); this.map.set(k, v); return v; } put(k, v) { this.map.delete(k); this.map.set(k, v); if (this.map.size > this.size) this.map.delete(this.map.keys().next().value); } }
const cache = new Lru(500), seen = new Set(); let hits = 0, seed = 7;
for (let i = 0; i < 15000; i++) { seed = (seed * 16807) % 2147483647; const key = 'k' + (seed % 800); if (cache.get(key) === undefined) cache.put(key, i); else hits++; seen.add(seed % 1000); }
return hits + ':' + seen.size + ':' + [...cache.map.keys()].slice(0, 3).join();
