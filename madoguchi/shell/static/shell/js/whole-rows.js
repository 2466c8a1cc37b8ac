// <whole-rows data-row="…" data-column="…" data-all="…">: around a table of checkboxes. Puts a button into every row
// and column header that ticks or clears the whole of it. Without script the boxes remain, one by one.
class WholeRows extends HTMLElement {
  connectedCallback() {
    const table = this.querySelector("table");
    if (!table || table.dataset.buttons) return;
    table.dataset.buttons = "yes";
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      const head = row.querySelector("th");
      if (head) this.#button(head, () => this.#boxes(row), this.dataset.row);
    }
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    heads.forEach((head, column) => {
      if (column === 0 || !head.textContent.trim()) return;
      this.#button(head, () => rows.flatMap((row) => this.#boxes(row.cells[column])), this.dataset.column);
    });
  }

  #boxes(part) {
    return part ? [...part.querySelectorAll("input[type=checkbox]:not(:disabled)")] : [];
  }

  #button(head, boxes, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "whole-rows__button";
    button.append(...head.childNodes);
    button.setAttribute("aria-label", (label ?? "{}").replace("{}", button.textContent.trim()));
    button.addEventListener("click", () => {
      const found = boxes();
      const tick = found.some((box) => !box.checked);
      for (const box of found) box.checked = tick;
      found[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    });
    head.append(button);
  }
}
customElements.define("whole-rows", WholeRows);
