// Cooperating tasks with queues of packets: dispatch through objects, linked lists, state machines.
class Packet { constructor(link, id, kind) { this.link = link; this.id = id; this.kind = kind; this.datum = 0; this.data = [0, 0, 0, 0]; } }
const append = (packet, queue) => { packet.link = null; if (!queue) return packet; let last = queue; while (last.link) last = last.link; last.link = packet; return queue; };
class Task {
  constructor(id, priority, run) { this.id = id; this.priority = priority; this.run = run; this.queue = null; this.held = false; this.v = 1; }
  take() { const p = this.queue; if (p) this.queue = p.link; return p; }
}
const tasks = []; let done = 0, moved = 0;
const send = (id, packet) => { packet.id = id; tasks[id].queue = append(packet, tasks[id].queue); moved++; };
tasks.push(new Task(0, 0, function () { this.v = this.v & 1 ? (this.v >> 1) ^ 0xd008 : this.v >> 1; if (this.v & 1) tasks[1].held = false; else tasks[2].held = false; }));
for (const id of [1, 2]) tasks.push(new Task(id, 100 * id, function () { const p = this.take(); if (p) { p.datum = (p.datum + this.v++) & 1023; for (let i = 0; i < 4; i++) p.data[i] = (p.data[i] + p.datum) % 26; send(3 - id === 1 ? 3 : 1, p); } else this.held = true; }));
tasks.push(new Task(3, 300, function () { const p = this.take(); if (p) { done++; send(done % 2 + 1, p); } }));
for (let i = 0; i < 6; i++) send(1 + (i & 1), new Packet(null, 1, i));
for (let step = 0; step < 12000; step++) { let best = tasks[0]; for (const t of tasks) if (!t.held && t.queue && t.priority > best.priority) best = t; best.run(); if (step % 3 === 0) tasks[0].run(); }
return done + ':' + moved + ':' + tasks.map((t) => t.v).join();
