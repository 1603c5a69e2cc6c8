// The site's own server, with Express: who is signed in is known here and nowhere else, and the API key stays here.
import express from "express";

const { PERSONALIZATION_URL, PERSONALIZATION_KEY, SITE = "http://localhost:3000" } = process.env;

export const app = express();
app.use(express.static(import.meta.dirname, { index: "index.html" }));

app.post("/start-call", async (request, response) => {
  const answer = await fetch(`${PERSONALIZATION_URL}/api/web-calls`, {
    method: "POST",
    headers: { Authorization: `Bearer ${PERSONALIZATION_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ customer: signedInCustomer(request), origin: SITE }),
    signal: AbortSignal.timeout(5000),
  }).catch(() => undefined);
  const { decision, ...start } = (await answer?.json().catch(() => undefined)) ?? {}; // the decision stays here
  if (answer?.ok) return response.json(start);
  response.status(409).json({ say: start.say ?? "We cannot take your call right now. Please try again later." });
});

// Yours: the id under which the customer stands in your systems, from the session. Never from the request's body.
function signedInCustomer(request) {
  return "c001";
}

if (process.argv[1] === import.meta.filename) app.listen(3000, () => console.log(`${SITE} is ready`));
