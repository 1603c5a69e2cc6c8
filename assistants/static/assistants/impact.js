// Counts who would be answered differently: asks for one slice after another, sums up and shows what there is so far;
// the last slice tells of calls that came.
"use strict";

(() => {
  const EXAMPLES = 20;
  const number = new Intl.NumberFormat("en-US");
  // As the pages write it, but on the reader's own clock, as in the field: 21 Nov 2026, 15:02 CET.
  const day = { day: "numeric", month: "short", year: "numeric" };
  const moment = new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

  function element(name, text, children = []) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  }

  // A customer; or a call, on a line of its own: who called, when and where.
  function example({ name, url, at, line }) {
    const made = element(url ? "a" : "span", name);
    if (url) made.href = url;
    if (!at) return made;
    const when = moment.format(new Date(at));
    const call = element("span", "", [made, `, ${when}${line ? `, ${line}` : ""}`]);
    call.className = "impact-call";
    return call;
  }

  // Kept over all slices: label → how many, and the first of them.
  function add(shifts, found) {
    for (const { label, count, examples } of found) {
      const sum = shifts.get(label) || { count: 0, examples: [] };
      sum.count += count;
      sum.examples = [...sum.examples, ...examples].slice(0, EXAMPLES);
      shifts.set(label, sum);
    }
  }

  function row([label, { count, examples }]) {
    const cells = [element("th", label), element("td", number.format(count)), element("td", "")];
    cells[0].scope = "row";
    cells[1].className = "impact-number";
    examples.forEach((each, position) => cells[2].append(position && !each.at ? ", " : "", example(each)));
    if (examples.length && count > examples.length) cells[2].append(" …");
    return element("tr", "", cells);
  }

  function basis({ at, lines, other_numbers: otherNumbers }) {
    const asked = [...lines, ...(otherNumbers ? ["any number that is none of our lines"] : [])];
    if (!asked.length) return "No rule and no variant that can answer at this moment differs.";
    return (
      `Each customer was asked as if calling on ${moment.format(new Date(at))}, from each of their numbers (the first five), on ` +
      `${asked.join("; ")}: elsewhere nothing differs. Who is answered differently on several lines or from several ` +
      "numbers counts once. Pins are respected, emergency switches are taken as off."
    );
  }

  function callsBasis({ asked, without_line: withoutLine }) {
    if (!asked) return "";
    const on = withoutLine
      ? ` (${number.format(withoutLine)} of which no line is on record: as on a number that is none of our lines)`
      : "";
    return (
      `Each call was judged at the moment when it came and on its line${on}, by what is known today of the number that ` +
      "called; what its SIP headers said is not kept. Pins are respected, emergency switches are taken as off."
    );
  }

  async function slice(url) {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok || !(response.headers.get("Content-Type") || "").includes("json")) {
      throw new Error("The server gave no count: reload the page and sign in again if it asks.");
    }
    const answer = await response.json();
    if (answer.problem) throw new Error(answer.problem);
    return answer;
  }

  function setUp(panel) {
    const part = (selector) => panel.querySelector(selector);
    const summary = part(".impact-summary");
    let latest = 0;

    function show(answer, shifts) {
      const isDone = answer.after === null;
      part(".impact-running").hidden = isDone;
      part("progress").max = Math.max(answer.expected, answer.asked, 1);
      part("progress").value = answer.asked;
      part(".impact-running span").textContent =
        `${number.format(answer.asked)} of ${number.format(answer.expected)} customers asked` +
        (answer.is_sample ? `, a sample of ${number.format(answer.total)}` : "") +
        `, ${number.format(answer.changed)} answered differently so far`;
      part("table").hidden = shifts.size === 0;
      part("thead .impact-number").textContent = answer.is_sample ? "Customers in the sample" : "Customers";
      part("tbody").replaceChildren(...[...shifts].sort((a, b) => b[1].count - a[1].count).map(row));
      part(".impact-basis").textContent = basis(answer);
      if (isDone) summary.textContent = answer.summary;
    }

    function showCalls(answer) {
      const calls = part(".impact-calls");
      calls.hidden = false;
      calls.querySelector(".impact-calls-summary").textContent = answer.summary;
      calls.querySelector("table").hidden = answer.shifts.length === 0;
      calls.querySelector("tbody").replaceChildren(...answer.shifts.map((shift) => row([shift.label, shift])));
      calls.querySelector(".impact-basis").textContent = callsBasis(answer);
    }

    // A count that has been overtaken by a later one says nothing more.
    async function count(at) {
      const mine = ++latest;
      let wanted = at ? { at } : {};
      let shifts = new Map();
      let first = null;
      summary.textContent = "Counting …";
      part(".impact-running").hidden = false;
      part("progress").removeAttribute("value");
      part(".impact-calls").hidden = true;
      for (;;) {
        const asked = panel.dataset.proposal ? { ...wanted, proposal: panel.dataset.proposal } : wanted;
        const answer = await slice(`${panel.dataset.impact}?${new URLSearchParams(asked)}`);
        if (mine !== latest) return;
        if (first !== null && answer.basis !== first) {
          summary.textContent = "Somebody has changed something: counting again …";
          [wanted, shifts, first] = [at ? { at } : {}, new Map(), null];
          continue;
        }
        first = answer.basis;
        if (wanted.calls) return showCalls(answer);
        add(shifts, answer.shifts);
        show(answer, shifts);
        const { after, asked: done, changed, total } = answer;
        wanted = after === null ? { calls: 1 } : { at: answer.at, after, asked: done, changed, total };
      }
    }

    async function start() {
      const typed = part("[name=at]").value;
      const mine = latest + 1;
      try {
        await count(typed && new Date(typed).toISOString());
      } catch (error) {
        if (mine !== latest) return;
        part(".impact-running").hidden = part("table").hidden = true;
        part(".impact-basis").textContent = "";
        summary.textContent = error.message;
      }
    }

    part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      start();
    });
    part(".impact-count").hidden = false;
    start();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-impact]:not([data-counting])").forEach((panel) => {
      panel.dataset.counting = "";
      setUp(panel);
    });
  });
})();
