// Conway's game on nested arrays with wrapping borders.
const size = 48; let grid = Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => (x * 7 + y * 13 + x * y) % 5 === 0));
for (let step = 0; step < 6; step++) {
  const next = [];
  for (let y = 0; y < size; y++) { const row = []; for (let x = 0; x < size; x++) { let n = 0; for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) if ((dx || dy) && grid[(y + dy + size) % size][(x + dx + size) % size]) n++; row.push(n === 3 || (n === 2 && grid[y][x])); } next.push(row); }
  grid = next;
}
return grid.map((row) => row.map((c) => (c ? '#' : '.')).join('')).join('\n').split('#').length;
