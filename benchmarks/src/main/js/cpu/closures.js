class Shape { constructor(n) { this.n = n; } area() { return this.n; } get twice() { return this.area() * 2; } }
class Square extends Shape { area() { return super.area() * this.n; } }
const adders = Array.from({ length: 16 }, (_, i) => (x) => x + i);
let total = 0;
for (let i = 0; i < 20000; i++) { const s = i & 1 ? new Shape(i & 15) : new Square(i & 15); total += s.twice; total = adders[i & 15](total) | 0; }
return total + [1, 2, 3, 4, 5].map((x) => x * 2).reduce((x, y) => x + y);
