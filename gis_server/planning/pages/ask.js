// Enter sends what is one line; a pasted list of corners keeps its lines, and the box grows with it.

const box = document.querySelector("textarea");
const grow = () => { box.rows = Math.min(14, Math.max(2, box.value.split("\n").length + 1)); };

box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || box.value.includes("\n")) return;
  event.preventDefault();
  box.form.requestSubmit();
});
grow();
