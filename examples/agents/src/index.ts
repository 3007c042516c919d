import { Agent, callable, getAgentByName, getCurrentAgent, routeAgentRequest } from "agents";

interface Reminder {
  text: string;
  rang: boolean;
}

interface State {
  notes: number;
  reminders: Reminder[];
}

/** Takes notes and reminds of things; its state is the same at every client. */
export class Assistant extends Agent<any, State> {
  initialState: State = { notes: 0, reminders: [] };

  onStart(): void {
    this.sql`CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)`;
  }

  @callable()
  note(text: string): number {
    const [{ id }] = this.sql<{ id: number }>`INSERT INTO note (text) VALUES (${text}) RETURNING id`;
    this.setState({ ...this.state, notes: id });
    return id;
  }

  @callable()
  find(word: string): string[] {
    return this.sql<{ text: string }>`SELECT text FROM note WHERE text LIKE ${"%" + word + "%"} ORDER BY id`.map(({ text }) => text);
  }

  @callable()
  async remind(text: string, seconds: number): Promise<string> {
    const { id } = await this.schedule(seconds, "ring", { text });
    this.setState({ ...this.state, reminders: [...this.state.reminders, { text, rang: false }] });
    return id;
  }

  /** The method of a schedule; only the agent itself can call it. */
  async ring({ text }: { text: string }): Promise<void> {
    await Promise.resolve();
    const { agent } = getCurrentAgent<Assistant>();
    agent!.setState({
      ...this.state,
      reminders: this.state.reminders.map((reminder) => (reminder.text === text ? { ...reminder, rang: true } : reminder)),
    });
  }

  async onRequest(): Promise<Response> {
    return Response.json({ name: this.name, state: this.state });
  }
}

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/notes/")) {
      const agent = await getAgentByName<any, Assistant>(env.Assistant, pathname.slice(7));
      return Response.json(request.method === "POST" ? await agent.note(await request.text()) : await agent.find(""));
    }
    return (await routeAgentRequest(request, env)) ?? new Response("Not found", { status: 404 });
  },
};
