// The chat, live: sends without leaving the page, shows steps and words as they come, follows the conversation's events and opens
// forms and articles beside it. Text is drawn by the server (/chat/{id}/since/{seq}); nothing that came from outside becomes markup here.
import { awaken } from "/static/verify.js";

const chat = document.getElementById("chat");
const said = JSON.parse(chat.dataset.words);
const at = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf]").content;
const API = "/api/v1/conversations";

let conversation = chat.dataset.conversation;
let seq = Number(chat.dataset.seq);
let source = null;
let asking = null;             // the news being fetched
let again = false;             // and whether to fetch once more
let sending = false;

const headers = (more) => (csrf ? { "X-CSRF-Token": csrf, ...more } : { ...more });
const made = (tag, name, text) => Object.assign(document.createElement(tag), { className: name || "", textContent: text || "" });

// --- where one looks ---
const scroll = at("scroll");
const toEnd = (smooth) => scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
const nearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 240;

function trouble(text) {
  const note = at("trouble");
  note.textContent = text || "";
  note.hidden = !text;
}

// --- what is new ---
async function news() {
  if (asking) { again = true; return asking; }
  asking = (async () => {
    do { again = false; await fetchNews(); } while (again);
  })();
  try { await asking; } finally { asking = null; }
}

const refresh = () => news().catch(() => undefined);

async function fetchNews() {
  const response = await fetch(`/chat/${conversation}/since/${seq}`, { headers: { "X-Panel": "1" }, redirect: "error" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const state = page.getElementById("news-state");
  if (!state) return;
  const follow = nearEnd();
  for (const message of page.querySelectorAll("#news-messages > li")) {
    if (!at(message.id)) arrive(document.importNode(message, true));
  }
  seq = Math.max(seq, Number(state.dataset.seq));
  at("state").replaceChildren(...[...state.childNodes].map((node) => document.importNode(node, true)));
  if (follow) toEnd(true);
}

function arrive(message) {
  const author = message.dataset.author;
  if (author === "user") at("pending").querySelector(".from-user")?.remove();
  else at("pending").querySelector(".from-assistant")?.remove();
  at("messages").append(message);
  at("welcome")?.remove();
  if (author !== "user") announce(message);
}

function announce(message) {
  const bubble = message.querySelector(".bubble");
  const region = at("announce");
  region.lang = bubble.lang;
  region.dir = bubble.dir;
  region.textContent = bubble.textContent.replace(/\s+/g, " ").trim();
}

function follow() {
  if (source || !conversation) return;
  source = new EventSource(`${API}/${conversation}/events?after=${seq}`);
  for (const kind of ["message", "needs", "speaker", "place"]) source.addEventListener(kind, (event) => { if (event.data) refresh(); });
  source.addEventListener("step", (event) => step(JSON.parse(event.data)));
  source.addEventListener("delta", (event) => { if (!sending) delta(JSON.parse(event.data)); });
  source.onopen = () => trouble("");
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source = null;
    setTimeout(follow, 3000);
  };
}

// --- while the assistant works ---
function pendingAnswer() {
  const known = at("pending").querySelector(".from-assistant");
  if (known) return known;
  const item = made("div", "message from-assistant");
  item.setAttribute("aria-hidden", "true");
  item.append(made("p", "working", said.working));
  at("pending").append(item);
  return item;
}

function step(data) {
  if (!data.text) return;
  const line = pendingAnswer().querySelector(".working");
  if (line) line.textContent = data.text;
  if (nearEnd()) toEnd();
}

function delta(data) {
  const item = pendingAnswer();
  let bubble = item.querySelector(".bubble");
  if (!bubble) {
    item.replaceChildren(bubble = made("div", "bubble is-pending"));
    bubble.dir = "auto";
    bubble.append(made("p", "plain"));
  }
  bubble.firstChild.textContent += data.text || "";
  if (nearEnd()) toEnd();
}

// --- sending ---
async function open() {
  if (conversation) return;
  const response = await fetch(API, { method: "POST", headers: headers({ "Content-Type": "application/json" }), body: JSON.stringify({ lang: chat.dataset.lang }) });
  if (!response.ok) throw await problem(response);
  conversation = (await response.json()).id;
  history.replaceState(null, "", `/chat/${conversation}`);
  at("composer").action = `/chat/${conversation}/say`;
  at("person-form").action = `/chat/${conversation}/person`;
  at("end-form").action = `/chat/${conversation}/close`;
  at("end-form").hidden = false;
  for (const next of document.querySelectorAll(".tongues input[name=next]")) next.value = `/chat/${conversation}`;
  follow();
}

async function problem(response) {
  const told = await response.json().catch(() => ({}));
  return Object.assign(new Error(told.detail || said.failed), { told: true });
}

function clientId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function own(text) {
  const item = made("div", "message from-user");
  const bubble = made("div", "bubble");
  bubble.dir = "auto";
  bubble.append(made("p", "plain", text));
  item.append(bubble);
  at("pending").append(item);
}

async function send(text) {
  const files = at("files") ? [...at("files").files] : [];
  if (sending || (!text.trim() && !files.length)) return;
  sending = true;
  trouble("");
  at("welcome")?.remove();
  at("state").querySelector(".choices")?.remove();
  if (text.trim()) { own(text); pendingAnswer(); }
  toEnd();
  const id = clientId();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await open();
        if (files.length) await upload(files);
        if (text.trim()) await stream(text, id);
        break;
      } catch (error) {
        if (error.told || attempt === 3) throw error;
        trouble(said.retry);
        await new Promise((done) => setTimeout(done, 1500 * attempt));
      }
    }
    trouble("");
  } catch (error) {
    at("pending").querySelector(".from-user")?.remove();
    if (!at("text").value) { at("text").value = text; }
    trouble(error.told ? error.message : said.offline);
  } finally {
    sending = false;
    at("pending").querySelector(".from-assistant")?.remove();
    if (conversation) await refresh();
    at("pending").replaceChildren();
    toEnd(true);
  }
}

// --- files beside the message ---
async function upload(files) {
  if (!at("files").files.length) return;                   // a second attempt of the same message: they are there already
  const body = new FormData();
  for (const file of files) body.append("files", file);
  const response = await fetch(`${API}/${conversation}/attachments`, { method: "POST", headers: headers({}), body });
  if (!response.ok) { choose(); throw await problem(response); }
  choose();
}

function choose() {
  at("files").value = "";
  chosen();
}

function chosen() {
  const names = [...at("files").files].map((file) => file.name);
  at("chosen").textContent = names.join(" · ");
  at("chosen").hidden = !names.length;
}
at("files")?.addEventListener("change", chosen);
document.addEventListener("paste", (event) => {
  if (!at("files") || !event.clipboardData?.files.length) return;
  at("files").files = event.clipboardData.files;            // a screenshot from the clipboard
  chosen();
});

async function stream(text, id) {
  const response = await fetch(`${API}/${conversation}/messages`, {
    method: "POST",
    headers: headers({ "Content-Type": "application/json", Accept: "text/event-stream" }),
    body: JSON.stringify({ text, client_id: id }),
  });
  if (!response.ok) throw await problem(response);
  refresh();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).replace(/\r\n?/g, "\n").split("\n\n");
    rest = events.pop();
    for (const event of events) if (heard(event)) return;
  }
}

function heard(event) {
  const kind = /^event: ?(.*)$/m.exec(event)?.[1];
  const data = [...event.matchAll(/^data: ?(.*)$/gm)].map((line) => line[1]).join("\n");
  if (!kind || !data) return false;
  if (kind === "step") step(JSON.parse(data));
  if (kind === "delta") delta(JSON.parse(data));
  if (kind === "error") throw Object.assign(new Error(JSON.parse(data).detail || said.failed), { told: true });
  return kind === "message";
}

// --- beside the chat: the verification form and articles ---
const side = at("side");
let opener = null;

async function beside(url, options) {
  const target = new URL(url, location.href);
  const response = await fetch(target.pathname + target.search, { ...options, headers: { "X-Panel": "1", Accept: "text/html", ...(options?.headers || {}) } });
  const html = await response.text();
  const inside = new DOMParser().parseFromString(html, "text/html").querySelector(".panel-inside");
  if (!inside) throw new Error(said.panel_failed);
  at("side-body").replaceChildren(document.importNode(inside, true));
  side.hidden = false;
  chat.classList.add("has-side");
  awaken(side);
  const aimed = target.hash && at(target.hash.slice(1));
  if (aimed) { aimed.classList.add("is-target"); aimed.scrollIntoView({ block: "start" }); } else { side.scrollTop = 0; }
  const note = side.querySelector("[role=alert], [role=status]");
  (note ? side.querySelector("input[aria-invalid=true]") : null)?.focus();
  if (!side.contains(document.activeElement)) (side.querySelector("[autofocus]") || at("side-close")).focus();
}

function closeSide() {
  side.hidden = true;
  chat.classList.remove("has-side");
  at("side-body").replaceChildren();
  opener?.focus?.();
}

at("side-close").addEventListener("click", closeSide);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !side.hidden) closeSide(); });

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-panel], a.cite") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (!side.contains(link)) opener = link;
  beside(link.href).catch(() => { location.href = link.href; });
});

// --- forms ---
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (side.contains(form)) {
    const action = new URL(form.action);
    if (!/^\/(verify\/|requests\/[^/]+$)/.test(action.pathname)) return;
    event.preventDefault();
    if (button) button.disabled = true;
    beside(action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) })
      .then(() => conversation && refresh())
      .catch((error) => trouble(error.message));
    return;
  }
  if (!form.action.endsWith("/say")) return;
  event.preventDefault();
  const text = form.id === "composer" ? at("text").value : button?.value || "";
  if (form.id === "composer" && !sending) { at("text").value = ""; grow(); }
  send(text);
});

const field = at("text");
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  field.rows = Math.min(7, Math.max(1, field.value.split("\n").length));
}
field?.addEventListener("input", grow);
field?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    at("composer").requestSubmit();
  }
});

if (matchMedia("(max-width: 48rem)").matches) document.querySelector(".mine-list")?.removeAttribute("open");
if (!at("welcome")) toEnd();
follow();
