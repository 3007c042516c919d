/** The chat's page: no library, no build. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chat</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 42rem; height: 100dvh; display: grid; grid-template-rows: auto 1fr auto; padding: 0 1rem; box-sizing: border-box; }
  header { padding: 1rem 0 .5rem; border-bottom: 1px solid #8884; }
  h1 { font-size: 1.1rem; margin: 0; }
  #members { color: #888; font-size: .9rem; }
  ol { list-style: none; margin: 0; padding: .5rem 0; overflow-y: auto; }
  li { overflow-wrap: anywhere; white-space: pre-wrap; }
  li b { margin-right: .5rem; }
  li.note { color: #888; font-size: .9rem; }
  form { display: flex; gap: .5rem; padding: .75rem 0 1rem; }
  input { flex: 1; font: inherit; padding: .5rem .75rem; border: 1px solid #8888; border-radius: .5rem; background: none; color: inherit; }
  button { font: inherit; padding: .5rem 1rem; border: 0; border-radius: .5rem; background: #2563eb; color: #fff; }
</style>
<header><h1>Chat</h1><div id="members" aria-live="polite">connecting</div></header>
<ol id="log" aria-live="polite"></ol>
<form id="form"><input id="text" aria-label="Your message" placeholder="Your message" maxlength="2000" autocomplete="off" autofocus><button>Send</button></form>
<script type="module">
  const find = (id) => document.getElementById(id);
  const name = new URLSearchParams(location.search).get("name") ?? localStorage.getItem("name") ?? prompt("Your name?") ?? "somebody";
  localStorage.setItem("name", name);
  let last = 0;
  let socket;

  function line(text, author) {
    const item = document.createElement("li");
    if (author === undefined) {
      item.className = "note";
    } else {
      const who = document.createElement("b");
      who.textContent = author;
      item.append(who);
    }
    item.append(text);
    find("log").append(item);
    find("log").scrollTop = find("log").scrollHeight;
  }

  function message({ id, name, text }) {
    if (id > last) {
      last = id;
      line(text, name);
    }
  }

  function connect() {
    const folder = location.pathname.endsWith("/") ? location.pathname : location.pathname + "/";
    socket = new WebSocket(location.origin.replace("http", "ws") + folder + "ws?name=" + encodeURIComponent(name));
    socket.onmessage = ({ data }) => {
      if (data === "pong") return;
      const event = JSON.parse(data);
      if (event.members) find("members").textContent = event.members.join(", ");
      if (event.type === "history") event.messages.forEach(message);
      if (event.type === "message") message(event);
      if (event.type === "joined" || event.type === "left") line(event.name + " " + event.type);
    };
    socket.onclose = () => {
      find("members").textContent = "connecting again";
      setTimeout(connect, 1000);
    };
  }

  find("form").onsubmit = (event) => {
    event.preventDefault();
    const text = find("text").value.trim();
    if (text !== "" && socket.readyState === WebSocket.OPEN) {
      socket.send(text);
      find("text").value = "";
    }
  };
  setInterval(() => socket.readyState === WebSocket.OPEN && socket.send("ping"), 30_000);
  connect();
</script>
`;
