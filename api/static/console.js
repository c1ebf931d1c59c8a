// The agents' console: new messages come by htmx; this keeps the transcript at its end and sends with Ctrl+Enter.
const scroll = document.getElementById("scroll");
const reply = document.getElementById("reply");

const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };

if (scroll) {
  toEnd();
  let follow = true;
  document.addEventListener("htmx:beforeSwap", () => { follow = atEnd(); });
  document.addEventListener("htmx:afterSwap", () => { if (follow) toEnd(); });
}

if (reply) {
  const field = reply.querySelector("textarea");
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      reply.requestSubmit();
    }
  });
  reply.addEventListener("submit", () => { reply.querySelector("button").disabled = true; });
}
