// Classes, inheritance, private fields, accessors, statics, super.
class Shape {
  static made = 0;
  #name;
  constructor(name) { this.#name = name; Shape.made++; }
  get name() { return this.#name; }
  set name(value) { this.#name = value; }
  area() { return 0; }
  describe() { return `${this.name}:${this.area().toFixed(2)}`; }
  static compare(a, b) { return a.area() - b.area(); }
}
class Circle extends Shape {
  constructor(r) { super('circle'); this.r = r; }
  area() { return Math.PI * this.r ** 2; }
}
class Box extends Shape {
  w = 1; h = 1;
  constructor(w, h) { super('box'); this.w = w; this.h = h; }
  area() { return this.w * this.h; }
  describe() { return '[' + super.describe() + ']'; }
}
class Square extends Box { constructor(s) { super(s, s); } }
class Node2 { constructor(value, next) { this.value = value; this.next = next; } }
let list = null;
for (let i = 0; i < 1500; i++) list = new Node2(i, list);
let count = 0;
for (let n = list; n; n = n.next) count += n.value;
const shapes = [];
for (let i = 1; i < 250; i++) shapes.push(i % 3 ? new Circle(i) : i % 2 ? new Box(i, 2) : new Square(i));
shapes.sort(Shape.compare);
for (const s of shapes) { s.name += '!'; count += s.describe().length; if (s instanceof Box) count++; }
class Stack { #items = []; push(x) { this.#items.push(x); return this; } pop() { return this.#items.pop(); } get size() { return this.#items.length; } static #secret() { return 1; } static reveal() { return Stack.#secret(); } }
const stack = new Stack();
for (let i = 0; i < 1000; i++) stack.push(i).push(i + 1).pop();
count + stack.size + Shape.made + Stack.reveal();
