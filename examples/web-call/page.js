// The page's side of a web call: asks the site's own server what to start, and starts it with Vapi's web SDK.
import Vapi from "@vapi-ai/web";

const button = document.getElementById("call");
const state = document.getElementById("state");
let vapi;

button.addEventListener("click", () => (vapi ? vapi.stop() : call()));

async function call() {
  button.disabled = true;
  state.textContent = "Connecting …";
  const answer = await fetch("/start-call", { method: "POST" });
  const start = await answer.json();
  if (!answer.ok) return ended(start.say);
  vapi = new Vapi(start.token);
  vapi.on("call-start", () => show("Hang up", "You are connected."));
  vapi.on("call-end", () => ended("The call has ended."));
  vapi.on("error", () => ended("The call could not be connected."));
  // The SDK wants undefined, not null, for what is not used.
  await vapi.start(start.assistant ?? undefined, start.assistantOverrides ?? undefined, start.squad ?? undefined);
}

function ended(words) {
  vapi = undefined;
  show("Call", words);
}

function show(label, words) {
  button.disabled = false;
  button.textContent = label;
  state.textContent = words;
}
