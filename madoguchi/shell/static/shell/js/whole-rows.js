// <whole-rows data-row="…" data-column="…" data-all="…">: around a table of checkboxes. Puts a button into the headers
// of its rows (or groups of rows) and columns that ticks or clears the whole of it, and one before the table for all of
// it; each kind where its label is given. Without script the boxes remain, one by one.
class WholeRows extends HTMLElement {
  connectedCallback() {
    const table = this.querySelector("table");
    if (!table || table.dataset.buttons) return;
    table.dataset.buttons = "yes";
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    if (this.dataset.row) {
      for (const head of table.querySelectorAll("tbody th:is([scope=row], [scope=rowgroup])")) {
        const part = head.scope === "row" ? head.parentElement : head.closest("tbody");
        this.#button(head, () => this.#boxes(part), this.dataset.row);
      }
    }
    if (this.dataset.column) {
      const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
      heads.forEach((head, column) => {
        if (column === 0 || !head.textContent.trim()) return;
        this.#button(head, () => rows.flatMap((row) => this.#boxes(row.cells[column])), this.dataset.column);
      });
    }
    if (this.dataset.all) this.#buttonForAll(table);
  }

  #boxes(part) {
    return part ? [...part.querySelectorAll("input[type=checkbox]:not(:disabled)")] : [];
  }

  #button(head, boxes, label) {
    const button = this.#toggle(boxes);
    button.className = "whole-rows__button";
    button.append(...head.childNodes);
    button.setAttribute("aria-label", label.replace("{}", button.textContent.trim()));
    head.append(button);
  }

  #buttonForAll(table) {
    const button = this.#toggle(() => this.#boxes(table));
    button.className = "button whole-rows__all";
    button.dataset.variant = "text";
    button.textContent = this.dataset.all;
    this.prepend(button);
  }

  #toggle(boxes) {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", () => {
      const found = boxes();
      const tick = found.some((box) => !box.checked);
      for (const box of found) box.checked = tick;
      found[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  }
}
customElements.define("whole-rows", WholeRows);
