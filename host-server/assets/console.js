// Keeps the console's pages up to date where JavaScript runs. Every page is whole without it.

const ROWS_MAX = 200;

// What says `data-refresh="5"` is taken anew from the server every five seconds, by its id.
function refresh(part) {
  const seconds = Number(part.dataset.refresh);
  if (!seconds) return;
  setTimeout(async () => {
    const busy = document.hidden || part.contains(document.activeElement);
    const fresh = busy ? null : await fetched(part.id);
    if (!fresh) return refresh(part);
    for (const open of part.querySelectorAll("details[open][id]")) {
      const again = fresh.querySelector(`#${open.id}`);
      if (again) again.open = true;
    }
    part.replaceWith(fresh);
    refresh(fresh);
  }, seconds * 1000);
}

async function fetched(id) {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(id);
    return part && document.adoptNode(part);
  } catch {
    return null;
  }
}

// The live tail: rows come ready from the server, newest first.
function follow(list) {
  const bar = document.querySelector("[data-live-bar]");
  const button = bar.querySelector("[data-pause]");
  const state = bar.querySelector("[data-live-state]");
  const address = new URL(list.dataset.live, location.href);
  let source = null;

  const say = (text) => {
    if (state.textContent !== text) state.textContent = text;
  };
  const open = () => {
    source = new EventSource(address);
    source.onopen = () => say("Live");
    source.onerror = () => say(source.readyState === EventSource.CLOSED ? "The feed has ended: reload the page" : "Connection lost, trying again …");
    source.addEventListener("record", (event) => {
      address.searchParams.set("after", event.lastEventId);
      document.querySelector("[data-empty]")?.remove();
      list.insertAdjacentHTML("afterbegin", event.data);
      list.firstElementChild.classList.add("new");
      while (list.children.length > ROWS_MAX) list.lastElementChild.remove();
    });
    source.addEventListener("reset", () => {
      source.close();
      say("The journal was restored from a backup: reload the page");
    });
    source.addEventListener("skipped", (event) => {
      const note = document.createElement("li");
      note.className = "note";
      note.textContent = `${event.data} records came too fast to be shown`;
      list.prepend(note);
    });
  };

  button.addEventListener("click", () => {
    const pause = source !== null;
    button.setAttribute("aria-pressed", String(pause));
    if (pause) {
      source.close();
      source = null;
      say("Paused");
    } else {
      say("Connecting …");
      open();
    }
  });
  bar.hidden = false;
  open();
}

// On a phone the navigation is wider than the screen.
document.querySelector(".con-bar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.querySelectorAll("[data-refresh][id]").forEach(refresh);
const tail = document.querySelector("[data-live]");
if (tail) follow(tail);
