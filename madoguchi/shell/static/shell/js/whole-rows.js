// <whole-rows>: around a table of checkboxes with buttons for several of them at once. A button's value is the name of
// the boxes and their values ("hours 0 6 12 18"): pressed, it ticks those boxes, or clears them where all are ticked.
// Without script the button sends the form with that value, and the server does the same.
class WholeRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[value]");
      if (!button || !this.contains(button)) return;
      event.preventDefault();
      this.#press(button);
    });
  }

  #press(button) {
    const [name, ...values] = button.value.split(" ");
    const boxes = [...this.querySelectorAll(`input[type=checkbox][name="${name}"]:not(:disabled)`)].filter((box) =>
      values.includes(box.value),
    );
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("whole-rows", WholeRows);
