// Draws strokes on the canvas of a page with mouse events, and times each answer.
//
// `surface` is the canvas; `answer` the selector of what shows the answer; `strokes` how many to
// draw; `period` the milliseconds from one to the next; `patience` the milliseconds after which an
// answer is missing. Returns the milliseconds from the end of each stroke to another answer on the
// page, null where none came.
async (surface, { answer, strokes, period, patience }) => {
  const PLACES = 10; // strokes side by side; then the canvas is emptied

  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const shown = () => document.querySelector(answer)?.textContent ?? "";

  const send = (target, kind, [x, y], buttons) => {
    const box = surface.getBoundingClientRect();
    const clientX = box.left + x * box.width;
    const clientY = box.top + y * box.height;
    const options = { bubbles: true, composed: true, cancelable: true, view: window };
    target.dispatchEvent(new MouseEvent(kind, { ...options, buttons, clientX, clientY }));
  };

  const draw = async (place) => {
    const x = 0.08 + (0.84 * place) / (PLACES - 1);
    send(surface, "mousedown", [x, 0.3], 1);
    for (let step = 1; step <= 10; step++) {
      await sleep(15);
      send(document, "mousemove", [x, 0.3 + 0.04 * step], 1);
    }
    send(document, "mouseup", [x, 0.7], 0);
  };

  const until = (reached) =>
    new Promise((resolve) => {
      const start = performance.now();
      const end = (ms) => {
        observer.disconnect();
        clearTimeout(timer);
        resolve(ms);
      };
      const check = () => reached() && end(performance.now() - start);
      const timer = setTimeout(() => end(null), patience);
      const observer = new MutationObserver(check);
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      check();
    });

  const empty = async () => {
    surface.getRootNode().querySelector("[title^=Reset]").click();
    await until(() => shown() === "");
  };

  const times = [];
  for (let stroke = 0; stroke < strokes; stroke++) {
    const start = performance.now();
    if (stroke % PLACES === 0 && shown() !== "") await empty();
    const before = shown();
    await draw(stroke % PLACES);
    times.push(await until(() => shown() !== before && shown() !== ""));
    await sleep(Math.max(0, period - (performance.now() - start)));
  }
  return times;
};
