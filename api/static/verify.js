// What a form can tell while one types: reveal, Caps Lock, the wrong keyboard layout, the length of a new password, a code's seconds.
// Everything works without it. Listens on the document, so that forms shown later beside the chat are served too.
const OTHER_SCRIPT = /[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]/;

const around = (field) => field.closest("form");

function show(form, name, on) {
  const note = form.querySelector(`[data-${name}]`);
  if (!note || note.hidden === !on) return;
  note.hidden = !on;
  const announce = form.querySelector("[data-announce]");
  if (announce) announce.textContent = on ? note.textContent.trim() : "";
}

function watches(field, what) {
  return field instanceof HTMLInputElement && (field.dataset.watch || "").split(" ").includes(what);
}

function measure(field) {
  const box = around(field).querySelector("[data-length]");
  if (!box) return;
  const meter = box.querySelector("meter");
  const said = box.querySelector("[data-length-words]");
  const [short, enough, good] = JSON.parse(said.dataset.lengthWords);
  const length = [...field.value].length;
  box.hidden = length === 0;
  meter.value = Math.min(length, meter.max);
  said.textContent = length < meter.low ? short : length < meter.max ? enough : good;
}

document.addEventListener("input", ({ target }) => {
  if (watches(target, "layout")) show(around(target), "layout", OTHER_SCRIPT.test(target.value));
  if (watches(target, "length")) measure(target);
});

for (const kind of ["keydown", "keyup"]) {
  document.addEventListener(kind, (event) => {
    if (watches(event.target, "caps") && event.getModifierState) show(around(event.target), "caps", event.getModifierState("CapsLock"));
  });
}

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-reveal]") : null;
  const field = button && document.getElementById(button.dataset.reveal);
  if (!field) return;
  const revealed = field.type === "password";
  field.type = revealed ? "text" : "password";
  button.setAttribute("aria-pressed", String(revealed));
  button.textContent = revealed ? button.dataset.hide : button.dataset.show;
  field.focus();
});

document.addEventListener("submit", ({ target }) => {
  for (const field of target.querySelectorAll("input[data-watch]")) field.type = "password";
});

export function awaken(root) {
  for (const button of root.querySelectorAll("[data-reveal]")) button.hidden = false;
}
awaken(document);

const countdown = document.querySelector("[data-countdown]");
if (countdown) setInterval(() => { countdown.value = Math.max(0, countdown.value - 1); }, 1000);
